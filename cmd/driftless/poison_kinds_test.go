package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"driftless/schema"
)

// poison is one bad record and by what reasons it may be refused; none: any
// outcome will do, but it must have one.
type poison struct {
	key, value []byte
	headers    []schema.Header
	reasons    []string
}

// poisoner makes bad records.
type poisoner struct {
	topic  string // of the input
	chance *rand.Rand
	now    int64
	made   int
}

// poisonKinds are the ways in which records are bad, by name.
func poisonKinds() map[string]func(p *poisoner) poison {
	return map[string]func(p *poisoner) poison{
		"bits flipped": func(p *poisoner) poison {
			value := schema.EncodeEvent(nil, p.event())
			for range 1 + p.chance.IntN(8) {
				value[p.chance.IntN(len(value))] ^= 1 << p.chance.IntN(8)
			}
			return poison{value: value} // perhaps another event, and a good one
		},
		"truncated": func(p *poisoner) poison {
			value := schema.EncodeEvent(nil, p.event())
			return poison{value: value[:p.chance.IntN(len(value))], reasons: []string{"invalid_event"}}
		},
		"bytes left over": func(p *poisoner) poison {
			return poison{value: append(schema.EncodeEvent(nil, p.event()), 0), reasons: []string{"invalid_event"}}
		},
		"random bytes": func(p *poisoner) poison {
			value := make([]byte, p.chance.IntN(300))
			for i := range value {
				value[i] = byte(p.chance.Uint32())
			}
			return poison{value: value, reasons: []string{"invalid_event"}}
		},
		"no value": func(*poisoner) poison { return poison{reasons: []string{"invalid_event"}} },
		"unknown fingerprint": func(p *poisoner) poison {
			value := schema.EncodeEvent(nil, p.event())
			binary.LittleEndian.PutUint64(value[2:], p.chance.Uint64())
			return poison{value: value, reasons: []string{"invalid_event"}}
		},
		"unknown schema id": func(p *poisoner) poison {
			value := binary.BigEndian.AppendUint32([]byte{0}, 1+p.chance.Uint32N(50))
			return poison{value: schema.AppendEventBody(value, p.event()), reasons: []string{"invalid_event"}}
		},
		"another schema's bytes": func(p *poisoner) poison {
			letter := schema.DeadLetter{Original: []byte("x"), Reason: "y"}
			return poison{value: append(schema.EncodeEvent(nil, p.event())[:10], letter.AppendBody(nil)...), reasons: []string{"invalid_event"}}
		},
		"an output for an event": func(*poisoner) poison {
			return poison{value: (&schema.ATP{SKU: "SKU-1", Location: "*"}).AppendAvro(nil), reasons: []string{"invalid_event"}}
		},
		"a location on the input": func(p *poisoner) poison {
			e := schema.Event{Type: schema.LocationConfigured, Source: schema.ReferenceSource, TransactionID: "x", Sequence: 1, OccurredAt: p.now,
				Location: "DC1", Reference: &schema.ReferenceData{Owner: "thief"}}
			return poison{value: schema.EncodeEvent(nil, &e), reasons: []string{"invalid_event"}}
		},
		"a header of ours, damaged": func(p *poisoner) poison {
			e := p.event()
			return poison{value: schema.EncodeEvent(nil, e), headers: []schema.Header{{Key: "driftless-route", Value: []byte{1, 9, 3}}}, reasons: []string{"invalid_event"}}
		},
		"oversized": func(p *poisoner) poison {
			return p.changed([]string{"invalid_event"}, func(e *schema.Event) { e.Document = strings.Repeat("x", 1000+p.chance.IntN(20_000)) })
		},
		"negative": func(p *poisoner) poison {
			return p.changed([]string{"invalid_quantity"}, func(e *schema.Event) { e.Quantity.Value = -1 - p.chance.Int64N(math.MaxInt64-1) })
		},
		"the least number": func(p *poisoner) poison {
			return p.changed([]string{"invalid_quantity"}, func(e *schema.Event) { e.Quantity.Value = math.MinInt64 })
		},
		"overflowing": func(p *poisoner) poison {
			return p.changed([]string{"quantity_overflow"}, func(e *schema.Event) { e.Quantity.Value = 1_000_000_000_001 + p.chance.Int64N(1<<60) })
		},
		"overflowing by its unit": func(p *poisoner) poison {
			return p.changed([]string{"quantity_overflow"}, func(e *schema.Event) { e.Quantity = schema.Quantity{Value: 1 << 40, Unit: "XCS"} })
		},
		"a fraction": func(p *poisoner) poison {
			return p.changed([]string{"fractional_quantity"}, func(e *schema.Event) { e.Quantity = schema.Quantity{Value: 7, Scale: 1} })
		},
		"an absurd scale": func(p *poisoner) poison {
			return p.changed([]string{"invalid_event", "invalid_quantity"}, func(e *schema.Event) { e.Quantity.Scale = math.MinInt32 + p.chance.Int32N(1<<30) })
		},
		"a scale beyond all digits": func(p *poisoner) poison {
			return p.changed([]string{"invalid_event", "invalid_quantity"}, func(e *schema.Event) { e.Quantity.Scale = math.MaxInt32 - p.chance.Int32N(100) })
		},
		"no quantity": func(p *poisoner) poison {
			return p.changed([]string{"invalid_event", "invalid_quantity"}, func(e *schema.Event) { e.HasQuantity, e.Quantity = false, schema.Quantity{} })
		},
		"long ago": func(p *poisoner) poison {
			return p.changed([]string{"beyond_horizon"}, func(e *schema.Event) { e.OccurredAt = p.now - 31*24*3600*1000 - p.chance.Int64N(1<<40) })
		},
		"before time": func(p *poisoner) poison {
			return p.changed([]string{"beyond_horizon", "invalid_event"}, func(e *schema.Event) { e.OccurredAt = -p.chance.Int64N(math.MaxInt64) })
		},
		"the first instant": func(p *poisoner) poison {
			return p.changed([]string{"beyond_horizon", "invalid_event"}, func(e *schema.Event) { e.OccurredAt = math.MinInt64 })
		},
		"to come": func(p *poisoner) poison {
			return p.changed([]string{"invalid_event"}, func(e *schema.Event) { e.OccurredAt = p.now + 25*3600*1000 + p.chance.Int64N(1<<62) })
		},
		"the last instant": func(p *poisoner) poison {
			return p.changed([]string{"invalid_event"}, func(e *schema.Event) { e.OccurredAt = math.MaxInt64 })
		},
		"not text": func(p *poisoner) poison {
			return p.changed([]string{"invalid_event"}, func(e *schema.Event) { e.Document = "\xff\xfe\x00" })
		},
		"a wrong check digit": func(p *poisoner) poison {
			return p.changed([]string{"invalid_code"}, func(e *schema.Event) { e.Item = "gtin:04006381333932" })
		},
		"somebody else's stock": func(p *poisoner) poison {
			return p.changed([]string{"not_owner"}, func(e *schema.Event) { e.Source = "shop" })
		},
	}
}

// event is one that would be good, of an item that no good event is of.
func (p *poisoner) event() *schema.Event {
	p.made++
	return &schema.Event{
		Type: schema.GoodsReceived, Source: "wms-1", TransactionID: fmt.Sprintf("poison-%d", p.made), Sequence: int64(p.made), OccurredAt: p.now,
		Item: fmt.Sprintf("POISON-%d", p.chance.IntN(poisonItems)), HasQuantity: true, Quantity: schema.Quantity{Value: 5}, Location: "DC1",
	}
}

const (
	poisonItems = 10
	spoilt      = 3 // good items that bad records are about, too
)

// changed is an event of an item that good events are of, spoilt so that it is
// refused for these reasons.
func (p *poisoner) changed(reasons []string, spoil func(*schema.Event)) poison {
	e := p.event()
	e.Item = goodItem(p.chance.IntN(spoilt))
	spoil(e)
	return poison{key: []byte(e.Item), value: schema.EncodeEvent(nil, e), reasons: reasons}
}

// make makes a bad record of that kind. It is marked by a header, by which it is
// found again among the records and the dead letters.
func (p *poisoner) make(kind string, one func(*poisoner) poison) (poison, schema.Record) {
	bad := one(p)
	if bad.key == nil {
		bad.key = []byte(fmt.Sprintf("POISON-%d", p.made%poisonItems))
	}
	bad.headers = append(bad.headers, schema.Header{Key: markHeader, Value: []byte(fmt.Sprintf("%s/%d", kind, p.made))})
	p.made++
	return bad, schema.Record{
		Topic: p.topic, Key: bad.key, Value: bytes.Clone(bad.value), Headers: bad.headers, LoggedAt: time.Now().UnixMilli(),
	}
}

// markHeader tells which bad record a record or a dead letter is.
const markHeader = "test-poison"

func markOf(headers []schema.Header) string {
	for _, header := range headers {
		if header.Key == markHeader {
			return string(header.Value)
		}
	}
	return ""
}

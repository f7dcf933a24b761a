package chaos

import (
	"context"
	"fmt"
	"strings"
	"time"

	"driftless/processor"
	"driftless/processor/model"
	"driftless/schema"
)

// The flow moves stock of its own items at its own location, so that its truth
// is a sum and the model needn't judge it. Some of it is held for a few seconds:
// by the time that all is at rest every hold has expired.
const (
	flowItems    = 40
	flowPrefix   = "flow-"
	flowLocation = "FLOW"
	flowSource   = "wms-flow"
	flowHolder   = "erp-flow"
	flowChannel  = "flow-shop"
)

// input is what is sent to a cluster, and what must come of it.
type input struct {
	*cluster
	deliveries []model.Delivery // of the random set, still to be sent
	stock      map[string]int64 // of each item of the flow: the truth
	sequences  map[string]int64
	holds      int64           // placed so far
	latest     []schema.Record // of the flow: some are sent again
	sent       int             // events acknowledged, copies included
	doubtful   bool            // a send failed and was tried again: there may be more copies
}

// newInput prepares a random set of so many events, beside the flow.
func newInput(c *cluster, size int) *input {
	seed := c.chance.Uint64N(1 << 40)
	in := &input{cluster: c, stock: map[string]int64{}, sequences: map[string]int64{}}
	in.deliveries = model.GenerateSized(seed, size).Deliveries(seed)
	at := time.Now().Add(-time.Hour).UnixMilli()
	configured := func(kind schema.Type, id string, data schema.ReferenceData) schema.Event {
		return schema.Event{Type: kind, Source: "reference", TransactionID: id, Sequence: 1, OccurredAt: at, Reference: &data}
	}
	source := configured(schema.SourceConfigured, "flow-s", schema.ReferenceData{Name: flowSource, Kind: schema.WMS, Contiguous: true})
	holder := configured(schema.SourceConfigured, "flow-h", schema.ReferenceData{Name: flowHolder, Kind: schema.ERP})
	location := configured(schema.LocationConfigured, "flow-l", schema.ReferenceData{Owner: flowSource})
	location.Location = flowLocation
	channel := configured(schema.ChannelConfigured, "flow-c", schema.ReferenceData{DefaultLocation: flowLocation, ReservationSource: flowHolder})
	channel.Channel = flowChannel
	var records []schema.Record
	for _, e := range []schema.Event{source, holder, location, channel} {
		records = append(records, in.record(&e, "flow"))
	}
	for i := range flowItems {
		item := configured(schema.ItemConfigured, "flow-i", schema.ReferenceData{BaseUnit: "EA"})
		item.Item = fmt.Sprintf("%s%02d", flowPrefix, i)
		records = append(records, in.record(&item, item.Item))
	}
	in.send(records)
	return in
}

func (in *input) record(e *schema.Event, key string) schema.Record {
	topic := in.topics.Events
	if processor.OnReferenceTopic(e.Type) {
		topic = in.topics.Reference
	}
	return schema.Record{Topic: topic, Key: []byte(key), LoggedAt: time.Now().UnixMilli(), Value: schema.EncodeEvent(nil, e)}
}

// send sends until everything is acknowledged: what is sent twice counts once.
func (in *input) send(records []schema.Record) {
	in.t.Helper()
	ctx, cancel := context.WithTimeout(in.t.Context(), healing)
	defer cancel()
	for err := in.producer.SendAll(ctx, records); err != nil; err = in.producer.SendAll(ctx, records) {
		in.doubtful = true
		select {
		case <-ctx.Done():
			in.t.Fatalf("events can't be sent: %v", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
	for i := range records {
		if records[i].Topic == in.topics.Events {
			in.sent++
		}
	}
}

// part sends some n events of the flow, and of the set as many as leave it whole
// shares for what is to come.
func (in *input) part(n, shares int) {
	in.t.Helper()
	some := min(len(in.deliveries), len(in.deliveries)/max(1, shares)+1)
	records := make([]schema.Record, 0, n+some)
	for _, d := range in.deliveries[:some] {
		record := in.record(d.Event, d.Key)
		record.LoggedAt = d.LoggedAt
		records = append(records, record)
	}
	in.deliveries = in.deliveries[some:]
	for range n {
		records = append(records, in.flow())
	}
	in.send(records)
}

// flow makes the next event of the flow, or an old one again.
func (in *input) flow() schema.Record {
	if len(in.latest) > 0 && in.chance.IntN(10) == 0 {
		return in.latest[in.chance.IntN(len(in.latest))]
	}
	sku := fmt.Sprintf("%s%02d", flowPrefix, in.chance.IntN(flowItems))
	if in.chance.IntN(20) == 0 {
		return in.hold(sku)
	}
	in.sequences[sku]++
	units := 1 + in.chance.Int64N(9)
	e := schema.Event{
		Type: schema.GoodsReceived, Source: flowSource, Sequence: in.sequences[sku], OccurredAt: time.Now().UnixMilli(),
		TransactionID: fmt.Sprint("f", in.sequences[sku]), Item: sku, Location: flowLocation, HasQuantity: true,
	}
	e.Quantity.Value = units
	if in.chance.IntN(3) == 0 {
		e.Type, units = schema.StockSold, -units
	}
	in.stock[sku] += units
	return in.remember(in.record(&e, sku))
}

// remember keeps a record, so that it may be sent again.
func (in *input) remember(record schema.Record) schema.Record {
	if in.latest = append(in.latest, record); len(in.latest) > 500 {
		in.latest = in.latest[250:]
	}
	return record
}

// hold reserves units for a while. What a timer does about it is the last of it.
func (in *input) hold(sku string) schema.Record {
	in.holds++
	now := time.Now()
	e := schema.Event{
		Type: schema.ReservationPlaced, Source: flowHolder, Sequence: in.holds, OccurredAt: now.UnixMilli(), TransactionID: fmt.Sprint("h", in.holds),
		Item: sku, Channel: flowChannel, ReservationID: fmt.Sprint("hold-", in.holds), HasQuantity: true,
	}
	e.Quantity.Value = 1 + in.chance.Int64N(9)
	expires := now.Add(time.Second + time.Duration(in.chance.Int64N(int64(3*time.Second))))
	e.ExpiresAt = expires.UnixMilli()
	if expires.After(in.busy) {
		in.busy = expires
	}
	return in.remember(in.record(&e, sku))
}

// during sends all the while until the channel says so or the time is over, and
// reports whether the channel did.
func (in *input) during(over <-chan struct{}, limit time.Duration, shares int) bool {
	in.t.Helper()
	ticks, late := time.NewTicker(10*time.Millisecond), time.After(limit)
	defer ticks.Stop()
	first := true
	for {
		select {
		case <-over:
			return true
		case <-late:
			return false
		case <-ticks.C:
		}
		if first {
			in.part(10, shares) // a set is spread over the cycles, not over the time
			first = false
		} else {
			in.send(in.flows(1 + in.chance.IntN(20)))
		}
	}
}

func (in *input) flows(n int) []schema.Record {
	records := make([]schema.Record, n)
	for i := range records {
		records[i] = in.flow()
	}
	return records
}

// ofFlow reports whether an event or an item belongs to the flow.
func ofFlow(sku string) bool { return strings.HasPrefix(sku, flowPrefix) }

package processor

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"driftless/processor/rules"
	"driftless/schema"
)

// Knowledge is the reference data of the process: the reference topic, read
// whole, then followed. Every shard judges by the same snapshot of it.
type Knowledge struct {
	settings rules.Settings
	limits   schema.Limits
	decoder  *schema.Decoder
	facts    []rules.ReferenceFact
	base     int64 // where the first reading ended
	snapshot atomic.Pointer[rules.Reference]
}

// NewKnowledge returns an empty knowledge. Registry may be nil.
func NewKnowledge(settings rules.Settings, limits schema.Limits, registry schema.Registry) *Knowledge {
	k := &Knowledge{settings: settings, limits: limits, decoder: schema.NewDecoder(registry)}
	k.snapshot.Store(rules.NewReference(nil, 0, settings))
	return k
}

// Snapshot is what is known now. Any goroutine may ask.
func (k *Knowledge) Snapshot() *rules.Reference { return k.snapshot.Load() }

// Learn takes a record of the reference topic in. What can't be read or isn't
// reference data is an error that names it; the knowledge goes on without it, but
// where the error wraps schema.ErrRegistry: then the record has to come again.
// Publish makes what was learned known.
func (k *Knowledge) Learn(record *schema.Record) error {
	if record.Value == nil {
		return nil
	}
	event := new(schema.Event)
	if err := k.decoder.Decode(record.Value, event); err != nil {
		return fmt.Errorf("reference record at offset %d: %w", record.Offset, err)
	}
	if !OnReferenceTopic(event.Type) {
		return nil // a copy of an item's version, for those who look versions up
	}
	fact := rules.ReferenceFact{Event: event.Clone(), Offset: record.Offset, LoggedAt: record.LoggedAt, Form: rules.CheckForm(event, k.limits)}
	k.facts = append(k.facts, fact)
	if fact.Form != rules.NoReason {
		return fmt.Errorf("reference record at offset %d: refused, %s", record.Offset, fact.Form)
	}
	return nil
}

// Take is Learn for who reads on: refused is told of what is passed over, and
// the error is that of a registry that doesn't answer.
func (k *Knowledge) Take(record *schema.Record, refused func(error)) error {
	err := k.Learn(record)
	if errors.Is(err, schema.ErrRegistry) {
		return err
	}
	if err != nil {
		refused(err)
	}
	return nil
}

// Publish makes what was learned known, up to an offset of the topic.
func (k *Knowledge) Publish(offset int64) {
	next := rules.NewReference(k.facts, offset, k.settings)
	next.Base = k.base
	k.snapshot.Store(next)
}

// OnReferenceTopic reports whether a type of event travels on the reference
// topic, where every worker reads it, rather than by item on the input topic.
func OnReferenceTopic(t schema.Type) bool {
	return t == schema.LocationConfigured || t == schema.SourceConfigured || t == schema.ChannelConfigured
}

// Load reads the reference topic up to its end and returns the next offset.
// Refused is told of what is passed over; a registry that doesn't answer ends the
// reading, since what nobody could read would be judged without.
func (k *Knowledge) Load(ctx context.Context, logs Logs, topic string, refused func(error)) (int64, error) {
	until, err := logs.Latest(ctx, topic, 0)
	if err != nil {
		return 0, fmt.Errorf("find the end of the reference topic: %w", err)
	}
	next, err := logs.Read(ctx, LogPosition{topic, 0, Earliest}, until, func(record *schema.Record) (bool, error) {
		err := k.Take(record, refused)
		return err != nil, err
	})
	if err != nil {
		return 0, fmt.Errorf("read the reference topic: %w", err)
	}
	k.base = next
	k.Publish(next)
	return next, nil
}

package broker

import (
	"context"
	"errors"
	"fmt"

	"driftless/cmd/driftless/reference"
	"driftless/processor"
	"driftless/schema"
)

// Record is the event as it is sent: locations, sources and channels to the
// reference topic, which every worker reads whole; all else to the input, under
// the item's key. The error is a *schema.FieldError about the item's code.
func (b *Broker) Record(event *schema.Event) (schema.Record, error) {
	record := schema.Record{Value: schema.EncodeEvent(nil, event)}
	if processor.OnReferenceTopic(event.Type) {
		record.Topic = b.Topics.Reference
		record.Key, _ = reference.Key(event)
		return record, nil
	}
	code, err := schema.NormalizeCode(event.Item)
	record.Topic, record.Key = b.Topics.Events, []byte(code)
	return record, err
}

// Copy is what is kept of an item's version for reference apply to compare
// with: the input forgets by retention, and workers that read the reference
// topic whole needn't know every item. It is false for all other events.
func (b *Broker) Copy(event *schema.Event) (schema.Record, bool) {
	if event.Type != schema.ItemConfigured {
		return schema.Record{}, false
	}
	key, _ := reference.Key(event)
	return schema.Record{Topic: b.Items, Key: key, Value: schema.EncodeEvent(nil, event)}, true
}

// SendEvents sends events and waits until all are taken; an error may leave
// some of them sent. Copies of items' versions follow only after that: were it
// the other way round, a crash in between would let the next apply believe in
// what the engine never saw. As it is, that apply sends the same content again
// as a newer version, which changes no number.
func (b *Broker) SendEvents(ctx context.Context, events []*schema.Event) error {
	producer, err := b.Producer()
	if err != nil {
		return err
	}
	var records, copies []schema.Record
	for _, event := range events {
		record, err := b.Record(event)
		if err != nil {
			return err
		}
		records = append(records, record)
		if kept, ok := b.Copy(event); ok {
			copies = append(copies, kept)
		}
	}
	if err := producer.SendAll(ctx, records); err != nil {
		return fmt.Errorf("send events (run the command again, it is safe): %w", err)
	}
	if err := producer.SendAll(ctx, copies); err != nil {
		return fmt.Errorf("note what was sent (run the command again, it is safe): %w", err)
	}
	return nil
}

// History reads every version of reference data that was ever sent. What isn't
// reference data at all is passed over, as the engine does, with a warning. A
// record whose schema can't be had now is an error: to plan on a part of the
// truth would send what is in force already.
func (b *Broker) History(ctx context.Context, registry schema.Registry) (history reference.History, warnings []string, err error) {
	history = reference.History{}
	decoder := schema.NewDecoder(registry)
	for _, topic := range []string{b.Topics.Reference, b.Items} {
		err := b.Read(ctx, topic, func(record *schema.Record) error {
			if record.Value == nil {
				return nil
			}
			event, err := decodeVersion(decoder, record.Value)
			switch {
			case err == nil:
				history.Add(event)
			case errors.Is(err, schema.ErrUnknownSchema), errors.Is(err, schema.ErrRegistry):
				return fmt.Errorf("offset %d: %w", record.Offset, err)
			default:
				warnings = append(warnings, fmt.Sprintf("topic %s, offset %d isn't reference data: %v", topic, record.Offset, err))
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return history, warnings, nil
}

// decodeVersion reads a version with strings of its own: the history outlives
// the record.
func decodeVersion(decoder *schema.Decoder, value []byte) (*schema.Event, error) {
	event := new(schema.Event)
	if err := decoder.Decode(value, event); err != nil {
		return nil, err
	}
	if err := event.Validate(schema.DefaultLimits()); err != nil {
		return nil, err
	}
	return event.Clone(), nil
}

package processor_test

import (
	"context"
	"errors"
	"testing"

	"driftless/processor"
	"driftless/processor/rules"
	"driftless/schema"
)

// page is a reference topic of some records.
type page []schema.Record

func (p page) Latest(context.Context, string, int32) (int64, error) { return int64(len(p)), nil }

func (p page) Read(_ context.Context, _ processor.LogPosition, _ int64, visit func(*schema.Record) (bool, error)) (int64, error) {
	for i := range p {
		if done, err := visit(&p[i]); done || err != nil {
			return int64(i), err
		}
	}
	return int64(len(p)), nil
}

// Stable is where the page ends.
// doorway is a registry that answers once it is open.
type doorway struct{ open bool }

func (d *doorway) SchemaByID(id int) (string, error) {
	if !d.open {
		return "", errors.New("connection refused")
	}
	name := map[int]string{7: "driftless.ReferenceEvent", 8: "driftless.InventoryEvent"}[id]
	for _, s := range schema.AvroSchemas() {
		if s.Name == name {
			return s.Text, nil
		}
	}
	return "", schema.ErrUnknownSchema
}

func (d *doorway) SchemaByFingerprint(uint64) (string, error) { return "", schema.ErrUnknownSchema }

// TestReferenceDataWaitForTheRegistry: while the registry is down, a record that
// needs it is neither passed over nor believed; it is read when it is up again.
// One whose schema nobody knows is passed over, and told of.
func TestReferenceDataWaitForTheRegistry(t *testing.T) {
	location := schema.Event{
		Type: schema.LocationConfigured, Source: schema.ReferenceSource, TransactionID: "r1", Sequence: 1, OccurredAt: 1_000_000_000_000,
		Location: "DC1", Reference: &schema.ReferenceData{Owner: "wms"},
	}
	confluent := func(id byte) []byte { return schema.AppendEventBody([]byte{0, 0, 0, 0, id}, &location) }
	topic := page{{Value: confluent(9), Offset: 0}, {Value: confluent(7), Offset: 1, LoggedAt: location.OccurredAt}}
	registry := &doorway{}
	knowledge := processor.NewKnowledge(rules.DefaultSettings(), schema.DefaultLimits(), registry)
	refused := 0
	load := func() error {
		_, err := knowledge.Load(t.Context(), topic, "reference", func(error) { refused++ })
		return err
	}
	if err := load(); !errors.Is(err, schema.ErrRegistry) || refused != 0 {
		t.Fatalf("the registry is down, and reading said %v, %d passed over", err, refused)
	}
	if processor.Classify(load()) != processor.Retry {
		t.Error("a registry that is down isn't tried again")
	}
	registry.open = true
	if err := load(); err != nil || refused != 1 {
		t.Fatalf("the registry is up, and reading said %v, %d passed over", err, refused)
	}
	if n := len(knowledge.Snapshot().Standings); n != 1 {
		t.Errorf("%d versions are known, want 1", n)
	}
}

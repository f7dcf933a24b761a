package broker

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"driftless/cmd/driftless/reference"
	"driftless/schema"
)

func version(kind schema.Type, name string, sequence int64) *schema.Event {
	event := &schema.Event{
		Type: kind, Source: schema.ReferenceSource, TransactionID: "t" + name, Sequence: sequence, OccurredAt: 1000 + sequence,
		Reference: &schema.ReferenceData{},
	}
	switch kind {
	case schema.ItemConfigured:
		event.Item, event.Reference.BaseUnit = name, "C62"
	case schema.LocationConfigured:
		event.Location, event.Reference.Owner = name, "wms-1"
	case schema.SourceConfigured:
		event.Reference.Name, event.Reference.Kind = name, schema.WMS
	case schema.ChannelConfigured:
		event.Channel = name
	case schema.GapWaived:
		event.Item, event.Reference.Name, event.Reference.From, event.Reference.To = name, "wms-1", 1, 2
	}
	return event
}

// on lists the keys on a topic.
func on(t *testing.T, b *Broker, topic string) []string {
	t.Helper()
	var keys []string
	err := b.Read(within(t), topic, func(record *schema.Record) error {
		keys = append(keys, string(record.Key))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(keys)
	return keys
}

func TestEventsGoWhereTheyAreJudged(t *testing.T) {
	b := open(t)
	create(t, b)
	events := []*schema.Event{
		version(schema.SourceConfigured, "wms-1", 1), version(schema.LocationConfigured, "DC1", 1),
		version(schema.ChannelConfigured, "web", 1), version(schema.ItemConfigured, "A", 1), version(schema.GapWaived, "A", 1),
		{Type: schema.GoodsReceived, Source: "wms-1", TransactionID: "t", OccurredAt: 1, Item: "gtin:4006381333931", Location: "DC1"},
	}
	if err := b.SendEvents(within(t), events); err != nil {
		t.Fatal(err)
	}
	for topic, want := range map[string][]string{
		b.Topics.Events:    {"A", "A", "gtin:04006381333931"},
		b.Topics.Reference: {"channels/web/1001/1", "locations/DC1/1001/1", "sources/wms-1/1001/1"},
		b.Items:            {"items/A/1001/1"},
	} {
		if got := on(t, b, topic); !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", topic, got, want)
		}
	}
	bad := &schema.Event{Type: schema.GoodsReceived, Item: "gtin:4006381333930"}
	if err := b.SendEvents(within(t), []*schema.Event{bad}); err == nil || !strings.Contains(err.Error(), "check digit") {
		t.Error(err)
	}
}

func TestHistoryHasEveryVersion(t *testing.T) {
	b := open(t)
	create(t, b)
	for sequence := int64(1); sequence <= 3; sequence++ {
		events := []*schema.Event{version(schema.ItemConfigured, "A", sequence), version(schema.LocationConfigured, "DC1", sequence)}
		if err := b.SendEvents(within(t), events); err != nil {
			t.Fatal(err)
		}
	}
	history, warnings, err := b.History(within(t), nil)
	if err != nil || len(warnings) != 0 {
		t.Fatal(warnings, err)
	}
	for _, id := range []reference.ID{{Type: schema.ItemConfigured, Name: "A"}, {Type: schema.LocationConfigured, Name: "DC1"}} {
		if got := len(history[id]); got != 3 {
			t.Errorf("%s has %d versions", id, got)
		}
		if got := history.InForce(id, 1002).Sequence; got != 2 {
			t.Errorf("%s: version %d is in force", id, got)
		}
	}
}

func TestHistoryWarnsOfWhatIsNoReferenceData(t *testing.T) {
	b := open(t)
	create(t, b)
	send(t, b, b.Topics.Reference, "garbage")
	if err := b.SendEvents(within(t), []*schema.Event{version(schema.ChannelConfigured, "web", 1)}); err != nil {
		t.Fatal(err)
	}
	history, warnings, err := b.History(within(t), nil)
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "offset 0") || len(history) != 1 {
		t.Errorf("%v, %v, %v", history, warnings, err)
	}
}

func TestHistoryFailsWhereASchemaIsUnknown(t *testing.T) {
	b := open(t)
	create(t, b)
	producer, err := b.Producer()
	if err != nil {
		t.Fatal(err)
	}
	// The Confluent wire format, schema 7, and no registry to ask.
	record := schema.Record{Topic: b.Topics.Reference, Key: []byte("x"), Value: []byte{0, 0, 0, 0, 7, 1, 2}}
	if err := producer.SendAll(within(t), []schema.Record{record}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.History(within(t), nil); !errors.Is(err, schema.ErrUnknownSchema) {
		t.Error(err)
	}
}

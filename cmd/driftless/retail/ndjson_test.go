package retail

import (
	"bytes"
	"errors"
	"testing"

	"driftless/schema"
)

func TestWhatIsWrittenReadsBackTheSame(t *testing.T) {
	play := playOf(t, Options{Seed: 8})
	var out bytes.Buffer
	if err := play.WriteNDJSON(&out); err != nil {
		t.Fatal(err)
	}
	all := append(append([]Delivery(nil), play.Reference...), play.Deliveries...)
	i := 0
	for line, err := range schema.ReadEvents(&out, "play") {
		if err != nil || line.Err != nil {
			t.Fatalf("line %d: %v, %v", line.Number, err, line.Err)
		}
		want := all[i]
		if schema.Digest(line.Event) != schema.Digest(want.Event) || line.Delivery.LoggedAt != want.LoggedAt {
			t.Fatalf("line %d reads %+v at %d, want %+v at %d", line.Number, *line.Event, line.Delivery.LoggedAt,
				*want.Event, want.LoggedAt)
		}
		if line.Delivery.HasKey && line.Delivery.Key != want.Key || !line.Delivery.HasKey && want.Key != want.Event.Item {
			t.Fatalf("line %d: key %q, want %q", line.Number, line.Delivery.Key, want.Key)
		}
		i++
	}
	if i != len(all) {
		t.Errorf("%d lines, want %d", i, len(all))
	}
}

func TestAKeyOfAnyTextIsWritten(t *testing.T) {
	event := &schema.Event{Type: schema.OrderPlaced, Source: storefront, TransactionID: "1", OccurredAt: 5,
		Item: "A", OrderID: "1", LineID: "1", HasQuantity: true}
	text, err := (&Delivery{Event: event, LoggedAt: 7, Key: "a\"\\ü\u2028"}).appendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, delivery, err := schema.ParseEvent(text)
	if err != nil || delivery.Key != "a\"\\ü\u2028" || delivery.LoggedAt != 7 {
		t.Errorf("%s reads back as %+v, %v", text, delivery, err)
	}
}

// full is a disk without room.
type full struct{}

var errFull = errors.New("no space left")

// Write takes nothing.
func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAFailedWriteIsReported(t *testing.T) {
	if err := playOf(t, Options{Items: 3}).WriteNDJSON(full{}); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}

func TestEveryEventSurvivesTheWire(t *testing.T) {
	play := playOf(t, Options{Seed: 8})
	decoder := schema.NewDecoder(nil)
	for _, list := range [][]Delivery{play.Reference, play.Deliveries} {
		for _, delivery := range list {
			var read schema.Event
			if err := decoder.Decode(schema.EncodeEvent(nil, delivery.Event), &read); err != nil {
				t.Fatalf("%s: %v", delivery.Event.TransactionID, err)
			}
			if schema.Digest(&read) != schema.Digest(delivery.Event) {
				t.Fatalf("sent %+v, read %+v", *delivery.Event, read)
			}
		}
	}
}

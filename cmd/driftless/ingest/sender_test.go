package ingest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"driftless/schema"
)

// wire is a producer that notes what it is given and answers in Flush.
type wire struct {
	sent    []string // topic and key
	waiting []func(error)
	failure error
}

func (w *wire) Send(_ context.Context, record schema.Record, acknowledged func(int32, int64, error)) error {
	w.sent = append(w.sent, record.Topic+" "+string(record.Key))
	w.waiting = append(w.waiting, func(err error) { acknowledged(0, 0, err) })
	return nil
}

func (w *wire) SendAll(_ context.Context, records []schema.Record) error {
	for _, record := range records {
		w.sent = append(w.sent, record.Topic+" "+string(record.Key))
	}
	return nil
}

func (w *wire) Flush(context.Context) error {
	for _, answer := range w.waiting {
		answer(w.failure)
	}
	w.waiting = nil
	return nil
}

// routes sends everything to one topic and copies items to another.
type routes struct{}

func (routes) Record(event *schema.Event) (schema.Record, error) {
	if event.Item == "bad" {
		return schema.Record{}, errors.New("no such code")
	}
	return schema.Record{Topic: "events", Key: []byte(event.Item)}, nil
}

func (routes) Copy(event *schema.Event) (schema.Record, bool) {
	return schema.Record{Topic: "items", Key: []byte(event.Item)}, event.Type == schema.ItemConfigured
}

func TestCopiesFollowWhatTheyCopy(t *testing.T) {
	producer := &wire{}
	sender := NewEventSender(producer, routes{})
	for _, event := range []*schema.Event{{Type: schema.ItemConfigured, Item: "A"}, {Type: schema.GoodsReceived, Item: "B"}} {
		if err := sender.Send(t.Context(), event); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := sender.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"events A", "events B", "items A"}; !slices.Equal(producer.sent, want) {
		t.Errorf("%v, want %v", producer.sent, want)
	}
}

func TestWhatIsNotTakenHasNoCopyAndEndsTheRun(t *testing.T) {
	producer := &wire{failure: errors.New("too large")}
	sender := NewEventSender(producer, routes{})
	if err := sender.Send(t.Context(), &schema.Event{Type: schema.ItemConfigured, Item: "A"}); err != nil {
		t.Fatal(err)
	}
	if err := sender.Flush(t.Context()); !errors.Is(err, producer.failure) {
		t.Error(err)
	}
	if err := sender.Send(t.Context(), &schema.Event{Type: schema.GoodsReceived, Item: "B"}); !errors.Is(err, producer.failure) {
		t.Errorf("what came after a lost event was sent: %v", err)
	}
	if want := []string{"events A"}; !slices.Equal(producer.sent, want) {
		t.Errorf("%v, want %v", producer.sent, want)
	}
}

func TestAnEventWithoutAPlaceIsRefused(t *testing.T) {
	if err := NewEventSender(&wire{}, routes{}).Send(t.Context(), &schema.Event{Item: "bad"}); err == nil {
		t.Error("it was sent")
	}
}

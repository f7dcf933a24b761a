package model

import (
	"testing"

	"driftless/schema"
)

// Leaving out any field that an event may have is judged as the schema judges
// it: the two readings of what a type needs agree.
func TestMissingFieldsAgreeWithSchema(t *testing.T) {
	refused := map[schema.Type]int{}
	for seed := range uint64(300) {
		for _, sent := range Generate(seed).Events {
			if sent.Event.Location == Network || sent.Event.Validate(schema.Limits{}) != nil {
				continue
			}
			for name, without := range withoutEachField(sent.Event) {
				err := without.Validate(schema.Limits{})
				if complete(without) != (err == nil) {
					t.Fatalf("without %s: %s\nmodel: complete is %v, schema: %v", name, Sent{Event: without}, complete(without), err)
				}
				if err != nil {
					refused[without.Type]++
				}
			}
		}
	}
	for kind := schema.GoodsReceived; kind <= schema.GapWaived; kind++ {
		if refused[kind] == 0 {
			t.Errorf("no %s without a field was refused", kind)
		}
	}
}

// withoutEachField returns a copy of the event for every field, without it.
func withoutEachField(event *schema.Event) map[string]*schema.Event {
	copies := map[string]*schema.Event{}
	blank := func(name string, change func(*schema.Event)) {
		copies[name] = event.Clone()
		change(copies[name])
	}
	for name := range textFields(event) {
		blank(name, func(e *schema.Event) { *textFields(e)[name] = "" })
	}
	blank("quantity", func(e *schema.Event) { e.HasQuantity, e.Quantity = false, schema.Quantity{} })
	blank("source", func(e *schema.Event) { e.Source = "" })
	blank("transaction_id", func(e *schema.Event) { e.TransactionID = "" })
	blank("occurred_at", func(e *schema.Event) { e.OccurredAt = 0 })
	blank("disposition", func(e *schema.Event) { e.Disposition = schema.DispositionAbsent })
	blank("figure", func(e *schema.Event) { e.Figure = schema.FigureAbsent })
	blank("as_of", func(e *schema.Event) { e.AsOf = 0 })
	if event.Reference != nil {
		blank("kind", func(e *schema.Event) { e.Reference.Kind = schema.UnknownKind })
	}
	return copies
}

// Examples of the GS1 General Specifications and their neighbours.
func TestNormal(t *testing.T) {
	for _, test := range []struct {
		code, normal string
		valid        bool
	}{
		{"A", "A", true},
		{"4006381333932", "4006381333932", true},
		{"sku:4006381333932", "sku:4006381333932", true},
		{"gtin:4006381333931", "gtin:04006381333931", true},
		{"gtin:04006381333931", "gtin:04006381333931", true},
		{"gtin:96385074", "gtin:00000096385074", true},
		{"gtin:614141000036", "gtin:00614141000036", true},
		{"gtin:10614141000415", "gtin:10614141000415", true},
		{"gln:4012345000009", "gln:4012345000009", true},
		{"gtin:4006381333932", "", false},
		{"gln:4012345000008", "", false},
		{"gtin:6385071", "", false},
		{"gtin:004006381333931", "", false},
		{"gln:04012345000009", "", false},
		{"gtin:400638133393x", "", false},
		{"gtin:00000000000000", "", false},
		{"gtin:", "", false},
	} {
		got, valid := normal(test.code)
		if valid != test.valid || valid && got != test.normal {
			t.Errorf("%s: got %s, %v", test.code, got, valid)
		}
		if _, err := schema.NormalizeCode(test.code); (err == nil) != test.valid {
			t.Errorf("%s: the schema says %v", test.code, err)
		}
	}
}

func TestScaleHasBounds(t *testing.T) {
	for scale, valid := range map[int32]bool{-1: false, 0: true, 18: true, 19: false} {
		event := &schema.Event{
			Type: schema.GoodsReceived, Source: "wms-1", TransactionID: "t1", Item: "A", Location: "DC1", OccurredAt: Start,
			HasQuantity: true, Quantity: schema.Quantity{Scale: scale},
		}
		result := New().Evaluate([]Delivery{{Event: event, LoggedAt: Start}}, Start)
		if refused := result.Events[0].Reason == InvalidQuantity; refused == valid {
			t.Errorf("scale %d: %s", scale, result.Events[0])
		}
	}
}

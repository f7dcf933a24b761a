package retail

import (
	"slices"
	"testing"

	"driftless/schema"
)

func TestCodesHaveGoodCheckDigits(t *testing.T) {
	codes := []string{globalNumbers[dc1], globalNumbers[dc2]}
	for i := range 250 {
		it := newItem("X", i*37)
		codes = append(codes, it.pieceCode(), it.crateCode())
	}
	for _, code := range codes {
		if normal, err := schema.NormalizeCode(code); err != nil || normal != code {
			t.Errorf("%s: %q, %v", code, normal, err)
		}
	}
	if slices.Sort(codes); len(slices.Compact(codes)) != 502 {
		t.Error("two items share a code")
	}
}

func TestSpellingsBecomeAliasesOfOneItem(t *testing.T) {
	orders := load(t, "order,sku,qty,date\n1,85123a,2,2026-01-02\n2,85123A,3,2026-01-02\nC3,85123A,-1,2026-01-02\n4,85123A,-4,2026-01-02\n")
	items, list := catalogue(orders, 0)
	if len(list) != 1 || items["85123A"] != list[0] {
		t.Fatalf("%d items", len(list))
	}
	// Ordered and written off; what comes back takes nothing off a shelf.
	if list[0].demand != 9 {
		t.Errorf("demand %d, want 9", list[0].demand)
	}
	want := schema.Alias{Source: storefront, Code: "85123a"}
	if !slices.Contains(list[0].aliases(), want) {
		t.Errorf("aliases %+v lack %+v", list[0].aliases(), want)
	}
}

func TestTheLimitKeepsTheFirstItems(t *testing.T) {
	orders := load(t, "order,sku,qty,date\n1,A,2,2026-01-02\n1,B,2,2026-01-02\n1,C,2,2026-01-02\n1,A,5,2026-01-02\n")
	items, list := catalogue(orders, 2)
	if len(list) != 2 || items["C"] != nil || items["A"].demand != 7 {
		t.Errorf("%d items, %+v", len(list), items)
	}
}

func TestReferenceDataAreOfValidForm(t *testing.T) {
	play := playOf(t, Options{})
	for _, delivery := range play.Reference {
		if err := delivery.Event.Validate(schema.DefaultLimits()); err != nil {
			t.Errorf("%s %s%s%s: %v", delivery.Event.Type, delivery.Event.Item, delivery.Event.Location, delivery.Event.Channel, err)
		}
		if delivery.Event.OccurredAt >= play.Start || delivery.LoggedAt >= play.Start {
			t.Errorf("%s isn't there when the day begins", delivery.Event.TransactionID)
		}
	}
}

package demo

import (
	"strings"
	"testing"

	"driftless/cmd/driftless/retail"
	"driftless/schema"
)

func TestTheTruthDiffersNowhere(t *testing.T) {
	play := playOf(t, 20)
	compared, differences := compare(play.Truth, published(play))
	if compared != len(play.Truth) || len(differences) != 0 {
		t.Errorf("%d compared, %v", compared, differences)
	}
}

func TestEveryKindOfDifferenceIsFound(t *testing.T) {
	here, elsewhere := retail.Key{SKU: "A", Location: "DC1"}, retail.Key{SKU: "A", Location: schema.Unassigned}
	true10 := retail.Balance{OnHand: 10}
	for name, c := range map[string]struct {
		truth map[retail.Key]retail.Balance
		rows  map[retail.Key]row
		want  int
	}{
		"nothing at all":         {nil, nil, 0},
		"equal":                  {map[retail.Key]retail.Balance{here: true10}, map[retail.Key]row{here: {Balance: true10, atp: 10}}, 0},
		"a row of zeros":         {nil, map[retail.Key]row{here: {}}, 0},
		"a unit too many":        {map[retail.Key]retail.Balance{here: true10}, map[retail.Key]row{here: {Balance: retail.Balance{OnHand: 11}, atp: 11}}, 1},
		"a row that is missing":  {map[retail.Key]retail.Balance{here: true10}, nil, 1},
		"a row that isn't true":  {nil, map[retail.Key]row{elsewhere: {Balance: retail.Balance{Committed: 1}, atp: -1}}, 1},
		"the right sum, apart":   {map[retail.Key]retail.Balance{here: true10}, map[retail.Key]row{here: {Balance: retail.Balance{OnHand: 12, Committed: 2}, atp: 10}}, 1},
		"a sum that isn't one":   {map[retail.Key]retail.Balance{here: true10}, map[retail.Key]row{here: {Balance: true10, atp: 9}}, 1},
		"missing events claimed": {map[retail.Key]retail.Balance{here: true10}, map[retail.Key]row{here: {Balance: true10, atp: 10, gap: true}}, 1},
		"provisional":            {map[retail.Key]retail.Balance{here: true10}, map[retail.Key]row{here: {Balance: retail.Balance{OnHand: 10, Provisional: 1}, atp: 10}}, 1},
	} {
		if _, differences := compare(c.truth, c.rows); len(differences) != c.want {
			t.Errorf("%s: %v", name, differences)
		}
	}
}

func TestADifferenceNamesTheRowAndBothFigures(t *testing.T) {
	_, differences := compare(
		map[retail.Key]retail.Balance{{SKU: "A", Location: "DC1"}: {OnHand: 10, Preordered: 2}},
		map[retail.Key]row{{SKU: "A", Location: "DC1"}: {Balance: retail.Balance{OnHand: 11, Provisional: 3}, atp: 11, gap: true}})
	want := "A at DC1: published atp 11 = 11 on hand - 0 committed - 0 reserved, 3 provisional, " +
		"true is atp 10 = 10 on hand - 0 committed - 0 reserved, 2 preordered; events are said to be missing"
	if len(differences) != 1 || differences[0].String() != want {
		t.Errorf("%v", differences)
	}
}

func TestSystemsDriftAndDriftlessDoesNot(t *testing.T) {
	play := playOf(t, 60)
	list := drifts(play, published(play))
	if len(list) != len(play.Books) || list[0].off() == 0 {
		t.Fatalf("%d of %d items, the first %+v", len(list), len(play.Books), list[0])
	}
	for i := 1; i < len(list); i++ {
		if list[i].off() > list[i-1].off() {
			t.Fatalf("%s drifts more than %s before it", list[i].SKU, list[i-1].SKU)
		}
	}
	for _, s := range systems(list) {
		if (s.Wrong == 0) != (s.Name == "driftless") || s.Figures != len(list) {
			t.Errorf("%+v", s)
		}
	}
}

func TestSystemsAreHeldToTheirOwnFigure(t *testing.T) {
	drift := Drift{Truth: Figures{OnHand: 10, ATP: 7}, Driftless: Figures{OnHand: 10, ATP: 6}, WMS: 10, ERP: 9, Storefront: 3}
	wrong := []string{}
	for _, s := range systems([]Drift{drift}) {
		if s.Wrong > 0 {
			wrong = append(wrong, s.Name+" "+s.Figure+" "+number(s.Units))
		}
	}
	if got := strings.Join(wrong, ", "); got != "ERP available 2, storefront available to sell 4, driftless available to promise 1" {
		t.Error(got)
	}
	if drift.off() != 6 {
		t.Errorf("off by %d", drift.off())
	}
}

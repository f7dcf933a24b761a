package demo

import (
	"fmt"
	"strings"

	"driftless/cmd/driftless/lookup"
	"driftless/cmd/driftless/retail"
)

// Result is all that a demo found out. Quantities are whole base units.
type Result struct {
	Orders     string `json:"orders"` // where they come from
	Seed       uint64 `json:"seed"`
	OrderLines int    `json:"order_lines"`
	Items      int    `json:"items"`
	Events     int    `json:"events"`     // recorded by the systems
	Deliveries int    `json:"deliveries"` // of them, copies included and losses not

	Faults []FaultCount `json:"faults"`
	Engine Engine       `json:"engine"`

	Drift        []Drift      `json:"drift"` // all SKUs, the furthest off first
	Systems      []System     `json:"systems"`
	Uncounted    []Uncounted  `json:"uncounted"`
	Expectations Expectations `json:"expectations"`
	Balances     Balances     `json:"balances"`
	Problems     []string     `json:"problems"` // on the topics, besides
	// Explanation is that of one number, nil where the engine gave none:
	// Unexplained says why.
	Explanation *lookup.Explanation `json:"explanation"`
	Unexplained string              `json:"unexplained"`

	Passed  bool   `json:"passed"`
	Verdict string `json:"verdict"`
}

// FaultCount says how often a fault struck.
type FaultCount struct {
	Fault retail.Fault `json:"fault"`
	Count int          `json:"count"`
}

// Engine is what the engine did.
type Engine struct {
	Input       int            `json:"input"`    // records sent to the input
	Judged      int            `json:"judged"`   // of them, with an outcome
	Outcomes    map[string]int `json:"outcomes"` // first outcomes of the judged
	Changes     int            `json:"changes"`  // balances published
	DeadLetters int            `json:"dead_letters"`
	KilledAfter int64          `json:"killed_after"` // records sent by then
	ReadyMillis int64          `json:"ready_millis"` // from the second start until it worked again
}

// Figures are those of one row.
type Figures struct {
	OnHand      int64 `json:"on_hand"`
	Committed   int64 `json:"committed"`
	Reserved    int64 `json:"reserved"`
	ATP         int64 `json:"atp"`
	Preordered  int64 `json:"preordered"`
	Provisional int64 `json:"provisional"`
}

// Drift is one SKU, all locations together, as the systems see it. The
// warehouse systems' figure is of what is on hand, the others' of what is
// available to promise.
type Drift struct {
	SKU        string  `json:"sku"`
	Truth      Figures `json:"truth"`
	Driftless  Figures `json:"driftless"`
	WMS        int64   `json:"wms"`
	ERP        int64   `json:"erp"`
	Storefront int64   `json:"storefront"`
}

// System says how wrong a system is.
type System struct {
	Name    string `json:"name"`
	Figure  string `json:"figure"`
	Figures int    `json:"figures"` // compared, one a SKU
	Wrong   int    `json:"wrong"`
	Units   int64  `json:"units"` // by which they are wrong together
}

// Uncounted are the events that didn't count for one reason.
type Uncounted struct {
	Disposition string `json:"disposition"` // "refused", "parked", "voided"
	Reason      string `json:"reason"`
	Found       int    `json:"found"`
	Expected    int    `json:"expected"`
	Unchecked   int    `json:"unchecked"` // of the expected, as nobody could say
	Example     string `json:"example"`
	Detail      string `json:"detail"` // of the example
	Mend        string `json:"mend"`
}

// Expectations sums up what had to become of single events.
type Expectations struct {
	Expected   int      `json:"expected"`
	Met        int      `json:"met"`
	Unchecked  int      `json:"unchecked"`
	Violations []string `json:"violations"`
}

// Balances sums up the comparison with the truth.
type Balances struct {
	Compared    int          `json:"compared"` // every location, "*" and "unassigned"
	Differences []Difference `json:"differences"`
}

// Difference is a balance that isn't the truth.
type Difference struct {
	SKU       string  `json:"sku"`
	Location  string  `json:"location"`
	Truth     Figures `json:"truth"`
	Driftless Figures `json:"driftless"`
	Gap       bool    `json:"gap"`
}

// judge pronounces the verdict.
func (r *Result) judge() {
	var against []string
	if n := len(r.Balances.Differences); n > 0 {
		against = append(against, fmt.Sprintf("%s of %s balances differ from the truth", number(int64(n)), number(int64(r.Balances.Compared))))
	}
	if r.Balances.Compared == 0 {
		against = append(against, "no balance was published")
	}
	if n := len(r.Expectations.Violations); n > 0 {
		against = append(against, fmt.Sprintf("%d expectations are violated", n))
	}
	if r.Engine.Judged != r.Engine.Input {
		against = append(against, fmt.Sprintf("%s events have %s outcomes", number(int64(r.Engine.Input)), number(int64(r.Engine.Judged))))
	}
	if n := len(r.Problems); n > 0 {
		against = append(against, fmt.Sprintf("%d things stand on the topics that must never do", n))
	}
	r.Passed = len(against) == 0
	if !r.Passed {
		r.Verdict = "FAIL: " + strings.Join(against, "; ")
		return
	}
	r.Verdict = fmt.Sprintf("PASS: all %s balances equal the truth, and %d of %d expectations about single events are met",
		number(int64(r.Balances.Compared)), r.Expectations.Met, r.Expectations.Expected)
	if n := r.Expectations.Unchecked; n > 0 {
		r.Verdict += fmt.Sprintf(" (%d could not be checked)", n)
	}
}

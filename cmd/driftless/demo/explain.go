package demo

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"driftless/cmd/driftless/lookup"
	"driftless/schema"
)

// explainer is who can say why a number is what it is: the client of the
// running engine.
type explainer interface {
	Explain(ctx context.Context, sku, location string) (*lookup.Explanation, error)
}

// Bounds of asking, since the demo must end: the engine takes a few questions at
// a time, between two turns of its work.
const (
	askedAtOnce = 2
	askFor      = 5 * time.Second
	asks        = 5 // of one number, while the engine is busy
	askAgain    = 200 * time.Millisecond
)

// answer is what one asking came to; neither is set where time was up.
type answer struct {
	explanation *lookup.Explanation
	err         error
}

// explanations asks for the network numbers of SKUs, of the first ones at
// least: those that must be explained come first. Missing is the error of the
// first that nobody could explain; the others are there nevertheless.
func explanations(ctx context.Context, from explainer, skus []string) (found map[string]*lookup.Explanation, missing error) {
	answers, enough := make([]answer, len(skus)), time.Now().Add(askFor)
	var asking errgroup.Group
	asking.SetLimit(askedAtOnce)
	for i, sku := range skus {
		if time.Now().After(enough) {
			break
		}
		asking.Go(func() error {
			answers[i] = ask(ctx, from, sku)
			return nil
		})
	}
	_ = asking.Wait() // each failure stands in its own place
	found = map[string]*lookup.Explanation{}
	for i, sku := range skus {
		if answers[i].explanation != nil {
			found[sku] = answers[i].explanation
		} else if missing == nil && answers[i].err != nil {
			missing = fmt.Errorf("explain %s: %w", sku, answers[i].err)
		}
	}
	return found, missing
}

// ask asks again while the engine has too many questions at a time.
func ask(ctx context.Context, from explainer, sku string) answer {
	for attempt := 1; ; attempt++ {
		explanation, err := from.Explain(ctx, sku, schema.Network)
		if err == nil {
			return answer{explanation: explanation}
		}
		if attempt == asks || pause(ctx, askAgain) != nil {
			return answer{err: err}
		}
	}
}

// An explanation to show is neither bare nor, where it can be helped, longer
// than a page.
const (
	shortest = 4
	page     = 12
)

// telling chooses the explanation to show, of a number that some system has
// wrong: the one with most in it that doesn't simply count among those that fit
// the page, else the shortest of all.
func telling(found map[string]*lookup.Explanation, drifts []Drift) *lookup.Explanation {
	var best *lookup.Explanation
	for i := range drifts {
		e := found[drifts[i].SKU]
		if e == nil || drifts[i].off() == 0 || len(e.Entries) < shortest {
			continue
		}
		if best == nil || order(e, best) < 0 {
			best = e
		}
	}
	return best
}

// order is below 0 where a is rather to be shown than b.
func order(a, b *lookup.Explanation) int {
	if long := max(len(a.Entries), len(b.Entries)); long > page {
		return cmp.Compare(len(a.Entries), len(b.Entries))
	}
	return cmp.Or(cmp.Compare(tales(b), tales(a)), cmp.Compare(len(a.Entries), len(b.Entries)))
}

// tales counts the ways in which events of an explanation don't simply count.
func tales(e *lookup.Explanation) int {
	ways := map[string]bool{}
	for i := range e.Entries {
		if entry := &e.Entries[i]; entry.Disposition != "counts" && entry.Type != "clamp" {
			ways[entry.Disposition+entry.Reason] = true
		}
	}
	return len(ways)
}

package demo

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"driftless/cmd/driftless/lookup"
	"driftless/schema"
)

// explainer is who can say why a number is what it is: the client of the
// running engine.
type explainer interface {
	Explain(ctx context.Context, sku, location string) (*lookup.Explanation, error)
}

// Bounds of asking: every number of an ordinary day, and the first of a large
// one, since the demo must end.
const (
	mostExplained = 2000
	askedAtOnce   = 4
)

// explanations asks for the network numbers of SKUs. Missing is the error of
// the first that nobody could explain; the others are there nevertheless.
func explanations(ctx context.Context, from explainer, skus []string) (found map[string]*lookup.Explanation, missing error) {
	skus = skus[:min(len(skus), mostExplained)]
	answers, failures := make([]*lookup.Explanation, len(skus)), make([]error, len(skus))
	var asking errgroup.Group
	asking.SetLimit(askedAtOnce)
	for i, sku := range skus {
		asking.Go(func() error {
			answers[i], failures[i] = from.Explain(ctx, sku, schema.Network)
			return nil
		})
	}
	_ = asking.Wait() // each failure stands in its own place
	found = map[string]*lookup.Explanation{}
	for i, sku := range skus {
		if failures[i] == nil {
			found[sku] = answers[i]
		} else if missing == nil {
			missing = fmt.Errorf("explain %s: %w", sku, failures[i])
		}
	}
	return found, missing
}

// telling chooses the explanation to show: short enough to read, of a number
// that some system has wrong, with something in it that doesn't count.
func telling(found map[string]*lookup.Explanation, drifts []Drift) *lookup.Explanation {
	const longest = 14
	var best *lookup.Explanation
	most := 0
	for _, drift := range drifts {
		e := found[drift.SKU]
		if e == nil || len(e.Entries) > longest {
			continue
		}
		if tale := tales(e); best == nil || tale > most {
			best, most = e, tale
		}
	}
	return best
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

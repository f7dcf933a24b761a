package rules_test

import (
	"testing"

	"driftless/processor/model"
)

// TestLaw holds the engine to the convergence law: whatever the order, the
// number and the batching of deliveries, wherever it crashes and whenever the
// clock is read, it ends where the declarative model says; every record has an
// outcome, and the ledger adds up to the rows.
func TestLaw(t *testing.T) {
	newCampaign(t, 1000, 20, model.Generate).run(t)
}

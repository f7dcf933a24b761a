package rules_test

import (
	"testing"

	"driftless/processor/model"
)

// TestLawCalendar is the law for sets that last four horizons, so that most
// events are folded for most others.
func TestLawCalendar(t *testing.T) {
	c := newCampaign(t, 200, 8, model.GenerateCalendar)
	c.deliveries = min(c.deliveries, 8)
	c.run(t)
}

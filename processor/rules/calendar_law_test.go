package rules_test

import (
	"testing"

	"driftless/processor/model"
)

// TestLawCalendar is the law for sets that last four horizons, so that most
// events are folded for most others.
func TestLawCalendar(t *testing.T) {
	c := newCampaign(t, 60, 4, model.GenerateCalendar)
	c.sets, c.deliveries = max(1, min(c.sets, fromEnvironment(t, "LAW_CALENDAR_SETS", 60))), min(c.deliveries, 4)
	c.run(t)
}

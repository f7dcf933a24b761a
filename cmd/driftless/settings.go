package main

import (
	"driftless/cmd/driftless/config"
	"driftless/processor/rules"
)

// rulesSettings are the configured bounds by which events are judged.
func rulesSettings(c *config.Config) rules.Settings {
	return rules.Settings{
		Horizon: c.Engine.Horizon.Milliseconds(),
		Future:  c.Engine.FutureLimit.Milliseconds(),
		Parked:  c.Engine.ParkedBound,
	}
}

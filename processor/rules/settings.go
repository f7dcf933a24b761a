package rules

import "math"

// Settings are the bounds by which events are judged. They are part of the
// meaning of the state: the same for every instance of one application.
type Settings struct {
	Horizon int64 // milliseconds that an event may be older than its log-append time
	Future  int64 // milliseconds that an event may lie after its log-append time
	// Parked bounds the events that wait under one name; 0: no bound. What comes
	// beyond it is dead-lettered as if it had never been sent.
	Parked int
}

// DefaultSettings are a horizon of 30 days and a day of tolerance ahead.
func DefaultSettings() Settings {
	const day = 24 * 60 * 60 * 1000
	return Settings{Horizon: 30 * day, Future: day}
}

// forever is the start of a location's first period of ownership.
const forever = math.MinInt64

// never is the end of what nothing put an end to.
const never = math.MaxInt64

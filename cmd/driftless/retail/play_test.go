package retail

import (
	"testing"
	"time"
)

var opening = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)

// playOf plays the embedded day.
func playOf(t *testing.T, options Options) *Play {
	t.Helper()
	orders, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if options.Start.IsZero() {
		options.Start = opening
	}
	play, err := New(orders, options)
	if err != nil {
		t.Fatal(err)
	}
	return play
}

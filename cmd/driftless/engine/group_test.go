package engine

import "testing"

// TestOrphansAreSeenTwice: one look may meet a group between two assignments.
func TestOrphansAreSeenTwice(t *testing.T) {
	var o orphans
	for i, look := range []struct{ some, act bool }{
		{true, false}, {false, false}, {true, false}, {true, true}, {true, false}, {true, true}, {false, false},
	} {
		if o.again(look.some) != look.act {
			t.Errorf("look %d", i)
		}
	}
}

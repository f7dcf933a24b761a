package bench

import (
	"testing"
	"time"

	"driftless/connectors/kafka"
	"driftless/schema"
)

func TestStatusBytes(t *testing.T) {
	const status = "Name:\tdriftless\nVmPeak:\t 9999 kB\nVmHWM:\t  204800 kB\nVmRSS:\t 100 kB\n"
	if got := statusBytes(status, "VmHWM:"); got != 200<<20 {
		t.Errorf("%d", got)
	}
	for _, broken := range []string{"", "VmHWM:\n", "VmHWM: many kB\n"} {
		if got := statusBytes(broken, "VmHWM:"); got != 0 {
			t.Errorf("%q: %d", broken, got)
		}
	}
}

func TestStatTime(t *testing.T) {
	const stat = "42 (a) (b c) S 1 42 42 0 -1 4194304 100 0 0 0 150 25 0 0 20 0 9 0 1000 1 2"
	if got := statTime(stat); got != 1750*time.Millisecond {
		t.Errorf("%s", got)
	}
	for _, broken := range []string{"", "42 (x) S 1", "42 (x) S 1 2 3 4 5 6 7 8 9 10 a b c"} {
		if got := statTime(broken); got != 0 {
			t.Errorf("%q: %s", broken, got)
		}
	}
}

func TestBehind(t *testing.T) {
	bounds := map[int32]kafka.Bounds{0: {Earliest: 0, Latest: 10}, 1: {Earliest: 5, Latest: 9}, 2: {Latest: 3}}
	held := map[int32]kafka.Committed{
		0: {Position: schema.Position{Offset: 4}}, 2: {Position: schema.Position{Offset: 3}},
		7: {Position: schema.Position{Offset: 1}}, // no such partition any more
	}
	if got := behind(bounds, held); got != 6+4 {
		t.Errorf("%d behind, want 10: 6 of partition 0, all 4 of partition 1", got)
	}
	if got := behind(bounds, map[int32]kafka.Committed{0: {Position: schema.Position{Offset: 99}}}); got != 4+3 {
		t.Errorf("%d behind: one that is ahead must not hide another", got)
	}
}

func TestFloorIsLazy(t *testing.T) {
	if (Program{}).extra("engine") != nil || len((Program{}).extra("floor")) != 1 {
		t.Error("only the floor's environment differs")
	}
}

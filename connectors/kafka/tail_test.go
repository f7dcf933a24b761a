package kafka

import (
	"context"
	"slices"
	"testing"
	"time"

	"driftless/schema"
)

// Whoever follows a log that nothing comes to holds nobody up: a broker answers what
// comes on one connection in turn, and a fetch that has nothing to bring lies there
// for a quarter of a second. Starts took so much longer, and watched topics showed
// their changes so much later.
func TestAFollowerHoldsNobodyUp(t *testing.T) {
	w := new(wire)
	b := embeddedBench(t, 1, w.option())
	topics := b.config.Topics.Full()
	b.writer("w", time.Minute).keepAndAbort(topics.State)
	logs := openLogs(t, b.config)
	gate, ended := make(chan struct{}), make(chan error, 1)
	w.hold(gate)
	following, stop := context.WithCancel(within(t))
	go func() {
		_, err := logs.Tail(following, LogRange{Topic: topics.Reference, Until: Endless}, func(*schema.Record) (bool, error) { return false, nil })
		ended <- err
	}()
	for ctx := within(t); !w.holds(); <-time.After(time.Millisecond) {
		if ctx.Err() != nil {
			t.Fatal("the follower has fetched nothing")
		}
	}
	var got []string
	want := LogRange{Topic: topics.State, From: Earliest, Until: 1}
	reading, cancel := context.WithTimeout(t.Context(), 5*time.Second) // the client gives a connection up after ten
	defer cancel()
	_, err := logs.Read(reading, want, func(r *schema.Record) (bool, error) {
		got = append(got, string(r.Value))
		return true, nil
	})
	close(gate)
	stop()
	if err != nil || !slices.Equal(got, []string{"kept"}) {
		t.Errorf("beside a follower that waits: %q, %v", got, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

package bench

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

var start = time.UnixMilli(1_700_000_000_000)

func after(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }

// TestAnAnswerCoversWhatCameBefore: a commit publishes a SKU once, with its
// latest cause.
func TestAnAnswerCoversWhatCameBefore(t *testing.T) {
	w := NewWatch()
	w.ask("A", question{"1", after(0), true})
	w.ask("A", question{"2", after(5), false})
	w.ask("A", question{"3", after(6), true})
	w.ask("B", question{"1", after(1), true})
	w.answer("A", "2", after(20))
	if got := w.Take(); !slices.Equal(got, []time.Duration{20 * time.Millisecond}) || w.unanswered() != 2 {
		t.Errorf("%v, %d open", got, w.unanswered())
	}
	w.answer("A", "2", after(25)) // the other locations' rows come with the same cause
	w.answer("A", "3", after(30))
	w.answer("C", "9", after(30)) // nobody asked
	w.answer("B", "1", after(41))
	if got := w.Take(); !slices.Equal(got, []time.Duration{24 * time.Millisecond, 40 * time.Millisecond}) || w.unanswered() != 0 {
		t.Errorf("%v, %d open", got, w.unanswered())
	}
	if w.Take() != nil {
		t.Error("a measure is taken twice")
	}
}

func TestSettleWaitsForAnswers(t *testing.T) {
	w := NewWatch()
	w.ask("A", question{"1", after(0), true})
	w.ask("B", question{"1", after(0), false}) // no answer is due
	done := make(chan error)
	go func() { done <- w.Settle(t.Context(), time.Minute) }()
	w.answer("A", "1", after(3))
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestSettleSaysWhatIsMissing(t *testing.T) {
	w := NewWatch()
	w.ask("A", question{"1", after(0), true})
	if err := w.Settle(t.Context(), time.Nanosecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if dropped := w.Forget(); dropped != 1 {
		t.Errorf("%d answers were dropped", dropped)
	}
	if err := w.Settle(t.Context(), time.Minute); err != nil {
		t.Error(err)
	}
	w.answer("A", "1", after(9))
	if w.Take() != nil {
		t.Error("what was forgotten is measured")
	}
}

package processor

import (
	"container/heap"

	"driftless/processor/rules"
)

// timers are the shard's timers by instant. A timer that was moved or undone
// stays until it is due and is then passed over: its row tells.
type timers []rules.Timer

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].At < t[j].At }
func (t timers) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }
func (t *timers) Push(x any)        { *t = append(*t, x.(rules.Timer)) }

func (t *timers) Pop() any {
	old := *t
	last := old[len(old)-1]
	*t = old[:len(old)-1]
	return last
}

func (t *timers) add(timer rules.Timer) { heap.Push(t, timer) }

// due takes out the timers whose instant has come, at most limit.
func (t *timers) due(now int64, limit int) []rules.Timer {
	var due []rules.Timer
	for len(*t) > 0 && (*t)[0].At <= now && len(due) < limit {
		due = append(due, heap.Pop(t).(rules.Timer))
	}
	return due
}

// next is the instant of the first timer, false when there is none.
func (t timers) next() (int64, bool) {
	if len(t) == 0 {
		return 0, false
	}
	return t[0].At, true
}

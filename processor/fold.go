package processor

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"driftless/processor/rules"
)

// foldKey is the key of the row in which a shard keeps how far it has folded.
var foldKey = []byte{'S', 'f'}

const (
	foldFormat = 1
	// foldPasses is in how many passes a shard folds as much as it keeps: each
	// item is rebuilt once a pass, and so much more than that is kept at most.
	foldPasses = 16
	// marksPerPass is how finely entries are told by their log-append times.
	marksPerPass = 4
)

// fold is how far a shard has folded its items at the horizon, and how far it
// may. What tells time is the input's clock: the highest log-append time of the
// shard's own records. A shard that lags folds later; the wall clock says nothing
// of what is still to come.
type fold struct {
	reach int64 // how far behind the input's clock it folds, milliseconds; 0: never
	ahead int64 // how far ahead of the wall a log-append time may lie, milliseconds
	clock int64
	marks []mark // oldest first

	to      rules.Horizon // of the last pass that was done
	target  rules.Horizon // of the pass under way
	tried   int64         // line of the last pass, whether it came to its end or lacked history
	active  bool
	ended   bool     // the pass is done, once the transaction has committed
	pending []string // items that the pass hasn't come to
	done    foldCounts
	// drop: entries below that number hold nothing any more, and may go once
	// every entry up to after is in the rows for good.
	drop, after uint64
	changed     bool // the row is to be written
	log         func(message string, fields ...any)
}

// mark says that no entry up to number was logged after the clock's reading.
type mark struct {
	number uint64
	clock  int64
}

// foldCounts is what a pass has done.
type foldCounts struct{ items, entries, missing int }

// saw moves the input's clock. A log-append time that lies further ahead of the
// wall than an event may is none: the topic is stamped by its producers.
func (f *fold) saw(loggedAt, wall int64) {
	if loggedAt <= wall+f.ahead {
		f.clock = max(f.clock, loggedAt)
	}
}

// pace is how far the clock moves between two passes.
func (f *fold) pace() int64 { return max(1, f.reach/foldPasses) }

// note marks the last entry that is committed, once the clock has moved on enough.
func (f *fold) note(number uint64) {
	if f.reach != 0 && f.clock != 0 && number != 0 {
		f.mark(mark{number, f.clock})
	}
}

func (f *fold) mark(m mark) {
	if n := len(f.marks); n == 0 || m.clock-f.marks[n-1].clock >= f.pace()/marksPerPass && m.number > f.marks[n-1].number {
		f.marks, f.changed = append(f.marks, m), true
	}
}

// again notes what an entry says that is applied again: of those above the
// floor the row may know nothing.
func (f *fold) again(entry *rules.Entry) {
	if entry.Cause == rules.ByDelivery {
		f.saw(entry.LoggedAt, entry.Now)
		f.note(entry.Number)
	}
}

// next is how far the clock lets the shard fold now. False: not far enough to
// be worth a pass.
func (f *fold) next() (to rules.Horizon, worth bool) {
	if f.reach == 0 || len(f.marks) == 0 {
		return to, false
	}
	to.Line = f.clock - f.reach
	for _, m := range f.marks {
		if m.clock < to.Line {
			to.Through = m.number
		}
	}
	last := max(f.to.Line, f.tried)
	return to, to.Through > f.to.Through && (last == 0 || to.Line-last >= f.pace())
}

// forget drops the marks that a pass has made useless.
func (f *fold) forget() {
	f.marks = slices.DeleteFunc(f.marks, func(m mark) bool { return m.number < f.to.Through })
	f.changed = true
}

// stop gives a pass up. It is begun again: items that are done say so.
func (f *fold) stop() { f.active, f.ended, f.pending, f.done = false, false, nil, foldCounts{} }

// row is the shard's row of it.
func (f *fold) row() rules.Row {
	value := binary.AppendVarint([]byte{foldFormat}, f.to.Line)
	for _, n := range []uint64{f.to.Through, f.drop, f.after, uint64(len(f.marks))} {
		value = binary.AppendUvarint(value, n)
	}
	for _, m := range f.marks {
		value = binary.AppendVarint(binary.AppendUvarint(value, m.number), m.clock)
	}
	return rules.Row{Key: foldKey, Value: value}
}

// read takes the row over. Without one nothing was folded. Entries above it that
// were applied again have left marks already, which follow the row's.
func (f *fold) read(value []byte) error {
	if value == nil {
		return nil
	}
	newer := f.marks
	f.marks = nil
	defer func() {
		for _, m := range newer {
			f.mark(m)
		}
	}()
	if len(value) > 0 && value[0] > foldFormat {
		return rules.ErrFormat
	}
	rest, damaged := value[min(1, len(value)):], len(value) == 0
	unsigned := func() uint64 {
		v, n := binary.Uvarint(rest)
		if damaged = damaged || n <= 0; damaged {
			return 0
		}
		rest = rest[n:]
		return v
	}
	signed := func() int64 { // zigzag, as AppendVarint writes
		v := unsigned()
		return int64(v>>1) ^ -int64(v&1)
	}
	f.to.Line = signed()
	f.to.Through, f.drop, f.after = unsigned(), unsigned(), unsigned()
	for range unsigned() {
		if damaged {
			break
		}
		m := mark{number: unsigned()}
		m.clock = signed()
		f.marks = append(f.marks, m)
		f.clock = max(f.clock, m.clock)
	}
	if damaged {
		return errors.New("the shard's row of what is folded is damaged: set its folder aside")
	}
	return nil
}

// foldOn goes on folding what lies behind the horizon, at most about limit
// entries at a time, and begins a pass when it is worth it. Nothing is folded
// while items are judged again: they are folded by what is known.
func (s *shard) foldOn(ref *rules.Reference, limit int) error {
	f := &s.fold
	if s.review.running || s.review.due(ref, s.now) {
		return nil
	}
	if !f.active {
		to, worth := f.next()
		if !worth {
			return nil
		}
		if err := s.beginFold(to); err != nil {
			return err
		}
	}
	for ; len(f.pending) > 0 && limit > 0; limit-- {
		name := f.pending[len(f.pending)-1]
		entries, done, err := s.judge.Fold(s.batch, name, f.target, limit, s.moment(ref), func(d *rules.Decision) error {
			return s.stage(d, nil)
		})
		if errors.Is(err, rules.ErrNoEntry) {
			done, err = true, nil // its history isn't here: nobody waits for that, a later pass tries again
			f.done.missing++
		}
		if err != nil {
			return fmt.Errorf("fold item %q: %w", name, err)
		}
		limit -= entries
		if f.done.entries += entries; done {
			f.pending = f.pending[:len(f.pending)-1]
			f.done.items += min(entries, 1)
		}
	}
	if len(f.pending) == 0 && !f.ended {
		f.ended, s.marked = true, true // also where nothing was folded: the pass ends with a transaction
	}
	return nil
}

// beginFold lists the items. Those that are staged alone have no old entries.
func (s *shard) beginFold(to rules.Horizon) (err error) {
	f := &s.fold
	f.stop()
	f.target, f.active = to, true
	f.pending, err = itemNames(s.store)
	return err
}

// endFold notes that all items are folded, by entries up to the last one of the
// transaction that has just committed.
func (s *shard) endFold() {
	f := &s.fold
	if !f.ended {
		return
	}
	f.tried = f.target.Line
	if f.done.missing == 0 { // else not all is folded, and the old entries are wanted still
		f.to, f.drop, f.after = f.target, f.target.Through+1, s.lastNumber()
	}
	f.log("folded at the horizon", "partition", s.partition, "items", f.done.items, "entries", f.done.entries,
		"through", f.target.Through, "without history", f.done.missing)
	f.stop()
	f.forget()
}

// dropFolded deletes the journal's segments that a pass has emptied, once the
// rows are in the store for good.
func (s *shard) dropFolded() error {
	f := &s.fold
	if f.drop == 0 || s.store.Floor() <= f.after {
		return nil
	}
	if err := s.store.DropBefore(f.drop); err != nil {
		return fmt.Errorf("drop the journal below entry %d of shard %d: %w", f.drop, s.partition, err)
	}
	f.drop, f.changed = 0, true
	return nil
}

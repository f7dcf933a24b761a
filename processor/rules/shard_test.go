package rules_test

import (
	"cmp"
	"slices"
	"testing"

	"driftless/processor/rules"
	"driftless/schema"
)

// shard is one partition: what is committed, what waits to be consumed, and
// what its ledger adds up to.
type shard struct {
	rows    map[string][]byte
	ledger  [][]byte
	queue   []rules.Delivery
	next    int // of the queue
	batch   *rules.Batch
	judge   *rules.Judge
	pending []rules.Delivery   // staged forwards
	letters []rules.DeadLetter // staged dead letters
	books   books
	dropped uint64 // entries up to that number can't be read any more
}

func newShard() *shard {
	sh := &shard{rows: map[string][]byte{}, judge: rules.NewJudge(schema.DefaultLimits()), books: newBooks()}
	sh.batch = rules.NewBatch(sh)
	return sh
}

func (sh *shard) Get(key []byte) ([]byte, error) { return sh.rows[string(key)], nil }

func (sh *shard) Entry(number uint64) ([]byte, error) {
	if number <= sh.dropped || number > uint64(len(sh.ledger)) {
		return nil, rules.ErrNoEntry
	}
	return sh.ledger[number-1], nil
}

// commit makes what is staged the shard's, and sends what was forwarded.
func (s *simulated) commit(sh *shard) {
	for _, encoded := range sh.batch.Entries() {
		encoded = slices.Clone(encoded)
		var entry rules.Entry
		if err := entry.Decode(encoded); err != nil {
			s.fail("a staged entry can't be read: %v", err)
		}
		s.audit(sh, &entry)
		sh.ledger = append(sh.ledger, encoded)
	}
	for _, letter := range sh.letters {
		sh.books.letters[letter.Number] = true
	}
	sh.write()
	for _, d := range sh.pending {
		s.append(int(schema.Partition([]byte(d.Route.Target), len(s.shards))), d)
	}
	sh.pending, sh.letters = sh.pending[:0], sh.letters[:0]
}

// take judges a delivery and makes what it does the shard's at once.
func (sh *shard) take(t testing.TB, event *schema.Event, route rules.Route, ref *rules.Reference) {
	t.Helper()
	d := rules.Delivery{Event: event, Encoded: schema.EncodeEvent(nil, event), LoggedAt: 1_500_000, Route: route}
	decision, err := sh.judge.Decide(sh.batch, &d, rules.Moment{Reference: ref, Number: uint64(len(sh.ledger)) + 1, Now: 2_000_000})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sh.batch.Stage(decision.Entry); err != nil {
		t.Fatal(err)
	}
	for _, entry := range sh.batch.Entries() {
		sh.ledger = append(sh.ledger, slices.Clone(entry))
	}
	sh.write()
}

func (sh *shard) write() {
	for _, group := range sh.batch.Groups() {
		for _, row := range group.Rows {
			if row.Value == nil {
				delete(sh.rows, string(row.Key))
			} else {
				sh.rows[string(row.Key)] = slices.Clone(row.Value)
			}
		}
	}
	sh.batch.Settle()
}

// abort undoes what is staged.
func (sh *shard) abort() {
	sh.pending, sh.letters = sh.pending[:0], sh.letters[:0]
	sh.batch.Reset()
}

// restore forgets rows, all or those of some items, and applies the ledger
// again, in pieces, going over some of it twice.
func (s *simulated) restore(sh *shard) {
	if s.random.IntN(2) == 0 {
		sh.rows = map[string][]byte{}
	} else {
		sh.forget(s)
	}
	sh.batch = rules.NewBatch(sh)
	for at := 0; at < len(sh.ledger); {
		var entry rules.Entry
		if err := entry.Decode(sh.ledger[at]); err != nil {
			s.fail("ledger entry %d: %v", at+1, err)
			return
		}
		if err := sh.batch.Apply(&entry); err != nil {
			s.fail("%v", err)
			return
		}
		if at++; s.random.IntN(50) == 0 {
			sh.write()
			at -= s.random.IntN(min(5, at))
		}
	}
	sh.write()
}

// forget drops all rows of some items: each item's rows are written together.
func (sh *shard) forget(s *simulated) {
	for _, name := range sh.names() {
		if s.random.IntN(2) > 0 {
			continue
		}
		prefix := string(rules.PartsPrefix(name))
		for key := range sh.rows {
			timer, timed := rules.ParseTimer([]byte(key))
			if len(key) > len(prefix) && key[:len(prefix)] == prefix || timed && timer.Item == name {
				delete(sh.rows, key)
			}
		}
	}
}

// names lists the items of the shard, sorted.
func (sh *shard) names() []string {
	var names []string
	for key := range sh.rows {
		if name, ok := rules.MainRow([]byte(key)); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// timers lists the shard's timers, the earliest first.
func (sh *shard) timers() []rules.Timer {
	var timers []rules.Timer
	for key := range sh.rows {
		if timer, ok := rules.ParseTimer([]byte(key)); ok {
			timers = append(timers, timer)
		}
	}
	slices.SortFunc(timers, func(a, b rules.Timer) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Reservation, b.Reservation))
	})
	return timers
}

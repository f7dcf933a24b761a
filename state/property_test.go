package state

import (
	"fmt"
	"os"
	"strconv"
	"testing"
)

// histories returns how many random histories to run: few in everyday runs,
// DRIFTLESS_HISTORIES for more.
func histories(t *testing.T) uint64 {
	text := os.Getenv("DRIFTLESS_HISTORIES")
	if text == "" {
		return 60
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestRandomHistories drives shards through commits, checkpoints, aborts,
// restarts, power cuts, damage and restores, and compares rows and entries with
// the model all the way.
func TestRandomHistories(t *testing.T) {
	for seed := range histories(t) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { runHistory(t, seed) })
	}
}

func runHistory(t *testing.T, seed uint64) {
	b := newBench(t, seed)
	items := 1 + b.random.IntN(60)
	for range 60 {
		step(b, items)
	}
	b.catchUp()
	b.check()
	for len(b.shard.dirty.taken) > 0 || b.shard.dirty.queued > 0 {
		b.checkpoint(200)
	}
	b.check()
	b.close()
	restoreElsewhere(b)
}

func step(b *bench, items int) {
	b.t.Helper()
	switch n := b.random.IntN(100); {
	case n < 50:
		b.commit(1+b.random.IntN(30), items)
	case n < 68:
		b.checkpoint(b.random.IntN(3000))
	case n < 76: // an aborted transaction
		b.shard.Due(b.random.IntN(3000))
		b.shard.Kept()
	case n < 84: // commits between Due and its answer
		groups, floor := b.shard.Due(b.random.IntN(3000))
		offset := b.shard.LedgerOffset(floor)
		b.commit(1+b.random.IntN(10), items)
		if b.random.IntN(2) == 0 {
			b.shard.Kept()
			return
		}
		b.given(groups)
		b.topic.rows.put(groups)
		b.topic.floor, b.topic.offset = floor, offset
		b.must(b.shard.Written())
	case n < 88:
		b.must(b.shard.DropBefore(uint64(b.random.IntN(len(b.ledger.entries) + 1))))
	case n < 92:
		b.close()
		b.open()
		if b.random.IntN(2) == 0 {
			b.must(b.shard.Warm(heads, all))
		}
	case n < 98:
		cut(b)
	default:
		b.check()
	}
}

// cut is a power cut, with the promises about what it leaves.
func cut(b *bench) {
	b.t.Helper()
	percent := []int{0, 5, 30, 50, 80, 95, 100}[b.random.IntN(7)]
	r := b.crash(percent)
	if r.Floor > b.topic.floor {
		b.t.Fatalf("the rows' floor %d is ahead of the topic's %d", r.Floor, b.topic.floor)
	}
	if r.Last < uint64(len(b.ledger.entries)) && r.LedgerOffset > offsetAfter(r.Last) {
		b.t.Fatalf("offset %d skips entries behind %d", r.LedgerOffset, r.Last)
	}
	for _, d := range r.Damaged {
		b.fetch(&d)
	}
	b.replay()
	if r.Last >= b.ahead {
		b.check()
	} else {
		checkAhead(b)
	}
	b.catchUp()
	b.check()
}

// checkAhead checks rows that may be ahead of the journal: each item's is as of
// the number that it says, at the journal's end or behind it, and never half.
func checkAhead(b *bench) {
	b.t.Helper()
	var heads []string
	b.must(b.shard.Scan([]byte("i"), func(key, value []byte) error {
		heads = append(heads, string(key[1:]))
		return nil
	}))
	for _, item := range heads {
		head, err := b.shard.Get(headKey(item))
		b.must(err)
		included, _, _ := headOf(head)
		if included > b.ahead && included > b.shard.Last() {
			b.t.Fatalf("item %s includes entry %d, given were %d", item, included, b.ahead)
		}
		want := b.ledger.tableAt(max(included, b.shard.Last()))
		b.checkRow(headKey(item), want[string(headKey(item))])
		for line := range uint32(5) {
			b.checkRow(lineKey(item, line), want[string(lineKey(item, line))])
		}
	}
}

// restoreElsewhere builds the shard on an empty disk from the broker alone.
func restoreElsewhere(b *bench) {
	b.t.Helper()
	other := newBench(b.t, 1)
	other.ledger, other.topic = b.ledger, b.topic
	other.restore()
	other.catchUp()
	other.check()
	backfillAll(other)
	other.close()
}

// backfillAll brings the older history, in ranges out of order and overlapping.
func backfillAll(b *bench) {
	b.t.Helper()
	for older := int(b.begun) - 1; ; {
		missing := b.shard.journal.missing(1, uint64(older))
		if len(missing) == 0 {
			break
		}
		gap := missing[b.random.IntN(len(missing))]
		from := gap.From + b.random.Uint64N(gap.To-gap.From+1)
		to := min(from+uint64(b.random.IntN(200)), uint64(older))
		b.must(b.shard.Backfill(from, b.ledger.entries[from-1:to]))
		if b.random.IntN(4) == 0 {
			b.crash([]int{0, 50, 100}[b.random.IntN(3)])
			b.replay()
			b.catchUp()
		}
	}
	b.begun = 1
	b.check()
}

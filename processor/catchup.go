package processor

import (
	"context"
	"errors"
	"fmt"

	"driftless/processor/rules"
	"driftless/schema"
)

// catchUp reads the ledger from the journal's end to the number that the group
// has committed.
func (s *shard) catchUp(ctx context.Context, found Recovery) error {
	s.ledger = found.LedgerOffset
	if err := s.readOwnRow(s.store); err != nil {
		return err
	}
	if found.Last > s.position.Number {
		return fmt.Errorf("the state topic of shard %d includes entry %d, the group has committed %d: "+
			"the group was reset; put its positions back before this shard may start", s.partition, found.Last, s.position.Number)
	}
	if found.Last == s.position.Number {
		return nil
	}
	until, err := s.logs.Latest(ctx, s.topics.Ledger, s.partition)
	if err != nil {
		return err
	}
	c := &catching{shard: s, first: found.Last, last: found.Last, moved: map[string]bool{}}
	if _, err := s.logs.Read(ctx, LogPosition{s.topics.Ledger, s.partition, found.LedgerOffset}, until, c.take); err != nil {
		return fmt.Errorf("read the ledger of shard %d: %w", s.partition, err)
	}
	if c.last != s.position.Number {
		return fmt.Errorf("the ledger of shard %d ends with entry %d, the group has committed %d: "+
			"the ledger topic was cut or recreated; restore it before this shard may start", s.partition, c.last, s.position.Number)
	}
	return nil
}

// catching is a shard that takes over what the ledger holds and its disk doesn't.
type catching struct {
	shard       *shard
	first, last uint64 // numbers: where it began, and what was taken over
	chunk       rules.Commit
	moved       map[string]bool // items of the chunk whose timers an entry may have moved
}

// chunkEntries are carried out at once.
const chunkEntries = 2048

// take takes over one entry. Done: it is the last that the group has committed.
func (c *catching) take(r *schema.Record) (done bool, err error) {
	s := c.shard
	var entry rules.Entry
	if err := entry.Decode(r.Value); err != nil {
		return false, fmt.Errorf("ledger offset %d: %w", r.Offset, err)
	}
	if entry.Number <= c.last {
		return false, nil
	}
	if entry.Number != c.last+1 {
		return false, fmt.Errorf("the ledger of shard %d goes on with entry %d after %d: entries are missing; "+
			"set the folder aside to restore from the state topic", s.partition, entry.Number, c.last)
	}
	if movesTimers(&entry) && c.moved[entry.Item] {
		if err := c.flush(); err != nil {
			return false, err
		}
	}
	c.moved[entry.Item] = c.moved[entry.Item] || movesTimers(&entry)
	if err := c.add(&entry, r); err != nil {
		return false, err
	}
	c.last = entry.Number
	done = c.last == s.position.Number
	if done || len(c.chunk.Entries) >= chunkEntries {
		err = c.flush()
	}
	return done, err
}

// movesTimers reports whether an entry may set or undo a timer. Two such entries
// of an item aren't applied in one batch: it would show no trace of a timer that
// the first sets and the second undoes, but the state topic may hold it.
func movesTimers(entry *rules.Entry) bool {
	return entry.Effects.Whole != nil || len(entry.Effects.Reservations) > 0
}

func (c *catching) add(entry *rules.Entry, r *schema.Record) error {
	if len(c.chunk.Entries) == 0 {
		c.chunk.First = entry.Number
	}
	c.chunk.Entries = append(c.chunk.Entries, r.Value)
	c.chunk.LedgerOffset = r.Offset + 1
	s := c.shard
	s.ledger = r.Offset + 1
	s.now = max(s.now, entry.Now)
	s.fold.again(entry)
	return s.batch.Apply(entry)
}

// flush carries out what was added.
func (c *catching) flush() error {
	s := c.shard
	s.restored(rowsShare + (1-rowsShare)*float64(c.last-c.first)/float64(s.position.Number-c.first))
	clear(c.moved)
	c.chunk.Groups = append(s.batch.Groups(), s.ownRow())
	if err := s.store.Commit(&c.chunk); err != nil {
		return err
	}
	s.batch.Settle()
	c.chunk = rules.Commit{}
	return nil
}

// endsHere makes sure that the ledger holds no entry above the group's number.
// Position and entries are one commit, so one that does tells of a group that was
// reset: its events would be judged again under numbers that are taken, rows that
// are ahead would pass over what is new, and versions would fall. Records that
// aren't decided yet are another process's, and it waits for what becomes of them;
// those of an ended transaction whose marker a broker lost, connectors/kafka ends
// before this process is given a shard.
func (s *shard) endsHere(ctx context.Context) error {
	until, err := s.logs.Latest(ctx, s.topics.Ledger, s.partition)
	if err != nil || until <= s.ledger {
		return err
	}
	look := func(r *schema.Record) (bool, error) {
		number, err := rules.EntryNumber(r.Value)
		if err != nil || number <= s.position.Number {
			return false, err
		}
		return true, fmt.Errorf("the ledger of shard %d goes on to entry %d, the group has committed %d: "+
			"the group was reset backwards; put its positions back before this shard may start", s.partition, number, s.position.Number)
	}
	from := LogPosition{s.topics.Ledger, s.partition, max(s.ledger, 0)}
	_, err = s.logs.Read(ctx, from, until, look)
	if errors.Is(err, schema.ErrTrimmed) { // what was there is gone; what came after it counts all the same
		from.Offset = Earliest
		_, err = s.logs.Read(ctx, from, until, look)
	}
	return err
}

package state

import (
	"errors"
	"fmt"

	"driftless/processor/rules"
)

// Commit takes over what a transaction committed. Nothing is synced. After an
// error the shard must stop. The rows are copied; their values must not alias
// what Get returned.
func (s *Shard) Commit(c *rules.Commit) error {
	if err := s.usable(); err != nil {
		return err
	}
	return s.fail(s.commit(c))
}

// commit writes the journal before it changes any row: a failed write leaves the
// rows as of the commit before.
func (s *Shard) commit(c *rules.Commit) error {
	if err := checkCommit(c); err != nil {
		return err
	}
	first := c.First
	if len(c.Entries) == 0 {
		first = s.journal.last + 1
	}
	sealed, err := s.journal.append(first, c.Entries, s.positionOf(c))
	if err != nil {
		return err
	}
	for i := range c.Groups {
		if err := s.stage(&c.Groups[i], first); err != nil {
			return err
		}
	}
	s.cache.recycle()
	s.cache.shrink()
	s.counters.commits++
	s.counters.entries += uint64(len(c.Entries))
	if sealed {
		// What Pebble holds becomes durable at the pace of the journal.
		if err := s.rows.sync(); err != nil {
			return err
		}
	}
	s.publish()
	return nil
}

// positionOf keeps the last known offset where the new one is unknown: reading
// from a lower offset only brings entries again that are known by their number.
func (s *Shard) positionOf(c *rules.Commit) position {
	p := s.journal.position
	if c.LedgerOffset >= 0 {
		p.ledger = c.LedgerOffset
	}
	if c.Input >= 0 {
		p.input = c.Input
	}
	return p
}

// checkCommit refuses what could not be kept, before anything is written.
func checkCommit(c *rules.Commit) error {
	if len(c.Entries) == 0 && len(c.Groups) > 0 {
		return errors.New("rows changed without an entry: a replay could not bring them back")
	}
	for _, g := range c.Groups {
		if len(g.Item) > maxKey {
			return fmt.Errorf("an item's name has %d bytes: at most %d fit", len(g.Item), maxKey)
		}
		for _, row := range g.Rows {
			if err := checkKey(row.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkKey keeps the store's own keys, and those too long for a record, out.
func checkKey(key []byte) error {
	if len(key) == 0 || len(key) > maxKey || key[0] == 0 {
		return fmt.Errorf("row key %q: it must have 1 to %d bytes and not begin with a zero byte", key, maxKey)
	}
	return nil
}

// stage puts the rows of a group into the cache, owed since entry first.
func (s *Shard) stage(g *rules.Group, first uint64) error {
	if len(g.Rows) == 0 {
		return nil
	}
	at := s.cache.spot(g.Rows[0].Key)
	id := s.dirty.group([]byte(g.Item), at, first, g.Number)
	for i, row := range g.Rows {
		if i > 0 {
			at = s.cache.spot(row.Key)
		}
		if !s.dirty.put(id, at, row.Key, row.Value) {
			return fmt.Errorf("row %q belongs to another item than %q: an item's rows are written together", row.Key, g.Item)
		}
	}
	return nil
}

package state

import (
	"github.com/cockroachdb/pebble/v2"
)

// DropBefore deletes the sealed segments that lie wholly below a number, as far
// as the floor has passed them, and remembers that they are gone on purpose.
// The floor is made durable first: a replay never needs what was deleted.
func (s *Shard) DropBefore(number uint64) error {
	if err := s.usable(); err != nil {
		return err
	}
	number = min(number, s.floor)
	if number <= s.kept {
		return nil
	}
	return s.fail(s.drop(number))
}

// drop syncs Pebble first: the floor that survives a power cut is then at least
// the present one, and needs nothing of what is deleted.
func (s *Shard) drop(number uint64) error {
	err := s.rows.write(true, func(b *pebble.Batch) error { return setNumber(b, keptKey, number) })
	if err != nil {
		return err
	}
	s.kept = number
	for _, one := range s.journal.byForm(formSealed) {
		if one.last >= number {
			break
		}
		if err := s.journal.discard(one); err != nil {
			return err
		}
	}
	s.publish()
	return nil
}

// Floor returns the number below which every entry is in the rows that Pebble
// holds. It is durable only once DropBefore has made it so.
func (s *Shard) Floor() uint64 { return s.floor }

package processor

import (
	"encoding/binary"
	"errors"

	"driftless/processor/rules"
)

// ownKey is the key of the shard's own row.
var ownKey = []byte{'S'}

const ownFormat = 1

// ownRow is the shard's own row: its clock, and the reference data up to which
// every item was judged.
func (s *shard) ownRow() rules.Group {
	value := []byte{ownFormat}
	value = binary.AppendVarint(value, s.now)
	value = binary.AppendVarint(value, s.judged)
	group := rules.Group{Number: s.lastNumber(), Rows: []rules.Row{{Key: ownKey, Value: value}}}
	if s.fold.changed {
		group.Rows = append(group.Rows, s.fold.row())
	}
	return group
}

// readOwnRow takes over the shard's own row. A shard without one is new.
func (s *shard) readOwnRow() error {
	value, err := s.store.Get(foldKey)
	if err == nil {
		err = s.fold.read(value)
	}
	if err == nil {
		value, err = s.store.Get(ownKey)
	}
	if err != nil || value == nil {
		return err
	}
	if value[0] > ownFormat {
		return rules.ErrFormat
	}
	now, n := binary.Varint(value[1:])
	if n <= 0 {
		return errors.New("the shard's own row is damaged: set its folder aside")
	}
	judged, m := binary.Varint(value[1+n:])
	if m <= 0 {
		return errors.New("the shard's own row is damaged: set its folder aside")
	}
	s.now, s.judged, s.settled, s.target = max(s.now, now), judged, judged, judged
	return nil
}

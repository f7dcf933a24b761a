package processor

import (
	"encoding/binary"
	"errors"

	"driftless/processor/rules"
)

// ownKey is the key of the shard's own row.
var ownKey = []byte{'S'}

const ownFormat = 1

var errOwnRow = errors.New("the shard's own row is damaged: set its folder aside")

// ownRow is the shard's own row: its clock, and the reference data up to which
// every item was judged.
func (s *shard) ownRow() rules.Group {
	value := []byte{ownFormat}
	value = binary.AppendVarint(value, s.now)
	value = binary.AppendVarint(value, s.judged)
	return rules.Group{Number: s.lastNumber(), Rows: []rules.Row{{Key: ownKey, Value: value}}}
}

// readOwnRow takes over the shard's own row. A shard without one is new.
func (s *shard) readOwnRow() error {
	value, err := s.store.Get(ownKey)
	if err != nil || value == nil {
		return err
	}
	if len(value) == 0 {
		return errOwnRow
	}
	if value[0] > ownFormat {
		return rules.ErrFormat
	}
	now, n := binary.Varint(value[1:])
	if n <= 0 {
		return errOwnRow
	}
	judged, m := binary.Varint(value[1+n:])
	if m <= 0 {
		return errOwnRow
	}
	s.now, s.judged, s.settled, s.target = max(s.now, now), judged, judged, judged
	return nil
}

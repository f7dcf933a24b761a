package processor

import (
	"encoding/binary"
	"errors"

	"driftless/processor/rules"
)

// ownKey is the key of the shard's own row.
var ownKey = []byte{'S'}

const ownFormat = 2

var errOwnRow = errors.New("the shard's own row is damaged: set its folder aside")

// ownRow is the shard's own row: its clock, and up to where every item was judged
// by reference data, with the reading for versions that come into force.
func (s *shard) ownRow() rules.Group {
	value := []byte{ownFormat}
	value = binary.AppendVarint(value, s.now)
	value = binary.AppendVarint(value, s.review.done.judged)
	value = binary.AppendVarint(value, s.review.done.clock)
	group := rules.Group{Number: s.lastNumber(), Rows: []rules.Row{{Key: ownKey, Value: value}}}
	if s.fold.changed {
		group.Rows = append(group.Rows, s.fold.row())
	}
	return group
}

// readOwnRow takes over the shard's own row. A shard without one is new.
func (s *shard) readOwnRow(rows Getter) error {
	value, err := rows.Get(foldKey)
	if err == nil {
		err = s.fold.read(value)
	}
	if err == nil {
		value, err = rows.Get(ownKey)
	}
	if err != nil || value == nil {
		return err
	}
	switch {
	case len(value) == 0 || value[0] < ownFormat:
		return errOwnRow
	case value[0] > ownFormat:
		return rules.ErrFormat
	}
	var numbers [3]int64 // clock, judged, and the reading of the latter
	for i, rest := 0, value[1:]; i < len(numbers); i++ {
		number, n := binary.Varint(rest)
		if n <= 0 {
			return errOwnRow
		}
		numbers[i], rest = number, rest[n:]
	}
	s.now = max(s.now, numbers[0])
	s.review.resume(reviewed{judged: numbers[1], clock: numbers[2]})
	return nil
}

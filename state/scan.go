package state

import (
	"bytes"
	"errors"

	"github.com/cockroachdb/pebble/v2"
)

// Scan is ScanFrom the first row of a prefix.
func (s *Shard) Scan(prefix []byte, visit func(key, value []byte) error) error {
	return s.ScanFrom(prefix, prefix, visit)
}

// ScanFrom visits the committed rows whose key begins with prefix, in key order,
// from the key start on, which begins with the prefix; for an empty prefix all
// rows do. Key and value are valid during the visit, which may call Get and Entry
// but nothing else. An error of visit ends the scan and is returned.
func (s *Shard) ScanFrom(start, prefix []byte, visit func(key, value []byte) error) error {
	if err := s.usable(); err != nil {
		return err
	}
	stored, err := s.rows.scan(prefix)
	if err != nil {
		return explain("scan rows", err)
	}
	stored.SeekGE(start)
	err = merge(stored, s.dirty.order.scan(start, prefix), visit)
	return errors.Join(err, explain("scan rows", stored.Close()))
}

// merge goes through Pebble's rows, from where the iterator stands, and the dirty
// ones at once; where both have a key the dirty one is newer.
func merge(stored *pebble.Iterator, owed *cursor, visit func(key, value []byte) error) error {
	for {
		r := owed.peek()
		if r == nil && !stored.Valid() {
			return explain("scan rows", stored.Error())
		}
		order := -1
		if r != nil {
			order = 1
			if stored.Valid() {
				order = bytes.Compare(stored.Key(), r.key())
			}
		}
		if order >= 0 {
			if !r.absent() {
				if err := visit(r.key(), r.value()); err != nil {
					return err
				}
			}
			owed.step()
			if order == 0 {
				stored.Next()
			}
			continue
		}
		value, err := stored.ValueAndErr()
		if err != nil {
			return explain("scan rows", err)
		}
		if err := visit(stored.Key(), value); err != nil {
			return err
		}
		stored.Next()
	}
}

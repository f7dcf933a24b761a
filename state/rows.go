package state

import (
	"encoding/binary"
	"errors"
	"fmt"

	"driftless/processor/rules"

	"github.com/cockroachdb/pebble/v2"
)

// Keys that begin with a zero byte are the store's own.
var (
	floorKey     = []byte("\x00floor")     // floor, ledger offset
	keptKey      = []byte("\x00kept")      // entries below this number were dropped on purpose
	restoringKey = []byte("\x00restoring") // there while a restore isn't finished
)

// rows is a shard's Pebble: the rows as of the floor, and of some items later.
type rows struct {
	db    *pebble.DB
	iter  *pebble.Iterator // for Get, at the state of the last write; nil: to be made
	fatal *fatalLog
}

// guard runs a call into Pebble. Pebble panics when its log can't be written;
// here that is an error as any other, for it is this shard's only.
func (r *rows) guard(what string, call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: %v", what, p)
		}
	}()
	if err = r.fatal.err(); err == nil {
		err = call()
	}
	if err == nil {
		err = r.fatal.err()
	}
	return explain(what, err)
}

// explain says what was tried, and what to do about corruption.
func explain(what string, err error) error {
	if err == nil {
		return nil
	}
	if pebble.IsCorruptionError(err) {
		return fmt.Errorf("%s: %w: set the shard's folder aside and start again, it is restored from the state topic: %w", what, ErrRowsDamaged, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// get calls found with a row's bytes, valid during the call, if it exists.
func (r *rows) get(key []byte, found func(value []byte)) error {
	return r.guard("read a row", func() error {
		if r.iter == nil {
			var err error
			if r.iter, err = r.db.NewIter(&pebble.IterOptions{UseL6Filters: true}); err != nil {
				return err
			}
		}
		if !r.iter.SeekPrefixGE(key) {
			return r.iter.Error()
		}
		value, err := r.iter.ValueAndErr()
		if err == nil {
			found(value)
		}
		return err
	})
}

// refresh lets go of the iterator that Get reads by, and of the memory and files
// that it holds.
func (r *rows) refresh() error {
	if r.iter == nil {
		return nil
	}
	err := r.iter.Close()
	r.iter = nil
	return err
}

// retainedBatch bounds the memory that a batch leaves to the next one, in bytes:
// somewhat more than a checkpoint's share of a transaction.
const retainedBatch = 2 << 20

// write changes rows and the store's own values in one batch: atomic, and in
// order with all others.
func (r *rows) write(sync bool, fill func(b *pebble.Batch) error) error {
	return r.guard("write rows", func() error {
		if err := r.refresh(); err != nil {
			return err
		}
		b := r.db.NewBatch(pebble.WithMaxRetainedSizeBytes(retainedBatch))
		if err := fill(b); err != nil {
			return errors.Join(err, b.Close())
		}
		how := pebble.NoSync
		if sync {
			how = pebble.Sync
		}
		if err := b.Commit(how); err != nil {
			return err
		}
		return b.Close()
	})
}

// sync makes durable what was written before.
func (r *rows) sync() error {
	return r.guard("sync the rows", func() error { return r.db.LogData(nil, pebble.Sync) })
}

// setRows puts rows into a batch.
func setRows(b *pebble.Batch, rows []rules.Row) error {
	for _, row := range rows {
		var err error
		if row.Value == nil {
			err = b.Delete(row.Key, nil)
		} else {
			err = b.Set(row.Key, row.Value, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// setFloor puts floor and offset into the batch of the rows that they speak of.
func setFloor(b *pebble.Batch, floor uint64, ledger int64) error {
	value := binary.LittleEndian.AppendUint64(nil, floor)
	return b.Set(floorKey, binary.LittleEndian.AppendUint64(value, uint64(ledger)), nil)
}

// meta reads one of the store's own values as numbers; nil when it isn't there.
func (r *rows) meta(key []byte) (numbers []uint64, err error) {
	err = r.get(key, func(value []byte) {
		numbers = []uint64{}
		for ; len(value) >= 8; value = value[8:] {
			numbers = append(numbers, binary.LittleEndian.Uint64(value))
		}
	})
	return numbers, err
}

// scan returns an iterator over the rows whose key begins with prefix. The
// caller closes it.
func (r *rows) scan(prefix []byte) (*pebble.Iterator, error) {
	o := &pebble.IterOptions{LowerBound: prefix, UpperBound: after(prefix)}
	if len(prefix) == 0 {
		o.LowerBound = []byte{1}
	}
	return r.db.NewIter(o)
}

// after returns the smallest key behind all that begin with prefix; nil for none.
func after(prefix []byte) []byte {
	for n := len(prefix); n > 0; n-- {
		if prefix[n-1] != 0xff {
			end := append([]byte(nil), prefix[:n]...)
			end[n-1]++
			return end
		}
	}
	return nil
}

// close gives Pebble's files free, whatever happened to it before.
func (r *rows) close() error {
	before := r.fatal.err()
	r.fatal.first.Store(nil)
	err := r.guard("close the rows", func() error {
		return errors.Join(r.refresh(), r.db.Close())
	})
	return errors.Join(before, err)
}

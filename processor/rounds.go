package processor

import (
	"errors"

	"driftless/processor/rules"
)

// round goes through the main rows of a shard in bounded steps, between turns,
// and goes on with the first when it has come to the last.
type round struct {
	next []byte // key to go on with; nil: at the begin
}

var errEnough = errors.New("enough for this step")

// step visits the main rows that come next, while there is more to do and no
// more than limit rows of any kind are passed. It reports whether it visited the
// last.
func (r *round) step(store Store, limit int, more func() bool, visit func(key, value []byte) error) (ended bool, err error) {
	if r.next == nil {
		r.next = rules.ItemsPrefix()
	}
	rows := 0
	err = store.ScanFrom(r.next, rules.ItemsPrefix(), func(key, value []byte) error {
		if rows++; rows > limit || !more() {
			r.next = append([]byte(nil), key...)
			return errEnough
		}
		if !rules.IsMainRow(key) {
			return nil
		}
		return visit(key, value)
	})
	if errors.Is(err, errEnough) {
		return false, nil
	}
	if err == nil {
		r.next = nil
	}
	return err == nil, err
}

// itemNames lists the names with a main row, in order.
func itemNames(store Store) (names []string, err error) {
	err = store.Scan(rules.ItemsPrefix(), func(key, _ []byte) error {
		if name, ok := rules.MainRow(key); ok {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

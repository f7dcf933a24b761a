package chaos

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"driftless/processor"
	"driftless/processor/rules"
	"driftless/schema"
)

// table is the rows of a shard's items and timers, by key.
type table map[string][]byte

// Get returns a row, nil when there is none.
func (rows table) Get(key []byte) ([]byte, error) { return rows[string(key)], nil }

// Entry has none: carrying an entry out needs no history.
func (rows table) Entry(uint64) ([]byte, error) { return nil, rules.ErrNoEntry }

// put changes a row; without a value it goes.
func (rows table) put(key, value []byte) {
	if value == nil {
		delete(rows, string(key))
	} else {
		rows[string(key)] = slices.Clone(value)
	}
}

// carryOut lets entries of the ledger change the rows, those that they include
// already passed over. Each is a batch of its own, so that a timer which one sets
// and the next undoes is taken away.
func (rows table) carryOut(entries []schema.Record) error {
	batch := rules.NewBatch(rows)
	for i := range entries {
		var e rules.Entry
		if err := e.Decode(entries[i].Value); err != nil {
			return err
		}
		if err := batch.Apply(&e); err != nil {
			return err
		}
		for _, group := range batch.Groups() {
			for _, row := range group.Rows {
				rows.put(row.Key, row.Value)
			}
		}
		batch.Settle()
	}
	return nil
}

// differences says where rows aren't what they should be: too many count too.
func (rows table) differences(want table) (problems []string) {
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if got, there := rows[key]; !there {
			problems = append(problems, fmt.Sprintf("the row %q is missing", key))
		} else if !bytes.Equal(got, want[key]) {
			problems = append(problems, fmt.Sprintf("the row %q isn't what the ledger makes", key))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		if _, there := want[key]; !there {
			problems = append(problems, fmt.Sprintf("the row %q should be gone", key))
		}
	}
	return problems
}

// made are the rows that a shard's ledger makes, from its first entry on.
func (c *cluster) made(partition int32) table {
	c.t.Helper()
	rows := table{}
	c.must(rows.carryOut(c.read(c.topics.Ledger, partition)))
	return rows
}

// held are the rows of a folder.
func held(shard processor.Shard) (rows table, err error) {
	rows = table{}
	err = shard.Rows(func(key, value []byte) error {
		rows.put(key, value)
		return nil
	})
	return rows, err
}

// tell reports what differs, the first of it.
func (c *cluster) tell(what string, partition int32, problems []string) {
	c.t.Helper()
	for _, problem := range problems[:min(len(problems), 5)] {
		c.t.Errorf("shard %d: %s: %s", partition, what, problem)
	}
	if len(problems) > 5 {
		c.t.Errorf("shard %d: %s: %d differences in all", partition, what, len(problems))
	}
}

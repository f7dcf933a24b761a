package chaos

import (
	"encoding/binary"
	"slices"

	"driftless/processor/rules"
	"driftless/schema"
)

// restore is a shard's state topic, as it is read from its beginning: an emptied
// disk would be filled so.
type restore struct {
	*cluster
	partition int32
	ledger    []schema.Record
	entries   []rules.Entry
	rows      table
	included  map[string]uint64 // the newest entry that each item's row includes
	floor     uint64            // the newest: entries with a smaller number are in the rows
	offset    int64             // of the ledger, from which on it holds those from the floor on
	below     int               // entries that some floor was above of
}

// checkRestore holds each floor of the state topic to the rows before it, and what
// an emptied disk would come to in the end to what the whole ledger makes.
func (c *cluster) checkRestore(partition int32) {
	c.t.Helper()
	r := &restore{cluster: c, partition: partition, ledger: c.read(c.topics.Ledger, partition), rows: table{}, included: map[string]uint64{}, floor: 1}
	for i := range r.ledger {
		var e rules.Entry
		c.must(e.Decode(r.ledger[i].Value))
		r.entries = append(r.entries, e)
	}
	c.visit(c.topics.State, partition, r.see)
	from, _ := slices.BinarySearchFunc(r.ledger, r.offset, func(record schema.Record, offset int64) int { return int(record.Offset - offset) })
	c.must(r.rows.carryOut(r.ledger[max(from, int(r.floor)-1):]))
	c.tell("restored", partition, r.rows.differences(c.made(partition)))
}

// see takes the next record of the state topic.
func (r *restore) see(record *schema.Record) {
	r.t.Helper()
	switch record.Key[0] {
	case 'F':
		r.seeFloor(record.Value)
	case rules.ItemsPrefix()[0], rules.TimersPrefix()[0]:
		r.rows.put(record.Key, record.Value)
		if name, main := rules.MainRow(record.Key); main {
			r.seeItem(name, record.Value)
		}
	}
}

// seeItem takes an item's row, which includes no less than that before it.
func (r *restore) seeItem(name string, value []byte) {
	r.t.Helper()
	var item rules.Item
	r.must(item.Decode(value))
	if item.Number < r.included[name] {
		r.t.Errorf("shard %d: the row of %q goes back from entry %d to %d", r.partition, name, r.included[name], item.Number)
	}
	r.included[name] = item.Number
}

// seeFloor takes a floor: a format, the number, and where the ledger goes on. A
// member whose disk is older may go back with it.
func (r *restore) seeFloor(value []byte) {
	r.t.Helper()
	floor, n := binary.Uvarint(value[1:])
	offset, m := binary.Varint(value[1+n:])
	if n <= 0 || m <= 0 || floor == 0 || floor > uint64(len(r.entries))+1 {
		r.t.Fatalf("shard %d: the floor % x can't be read, or is above the ledger's end at %d", r.partition, value, len(r.entries))
	}
	r.floor, r.offset = floor, offset
	for ; r.below < int(floor)-1; r.below++ {
		if e := &r.entries[r.below]; e.Item != "" && r.included[e.Item] < e.Number {
			r.t.Errorf("shard %d: the floor is %d, and entry %d of %q isn't in the rows", r.partition, floor, e.Number, e.Item)
		}
	}
	if int(floor) <= len(r.ledger) && r.ledger[floor-1].Offset < offset {
		r.t.Errorf("shard %d: the ledger is to be read from offset %d on, entry %d, the floor, is at %d", r.partition, offset, floor, r.ledger[floor-1].Offset)
	}
}

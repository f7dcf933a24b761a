package kafka

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// endOffset is where the error code of an EndTxn response stands: after size,
// correlation id, tags and throttle time.
const endOffset = 4 + 4 + 1 + 4

// staged polls one event and opens a transaction with its entry.
func staged(b *bench, edits ...func(*Config)) *member {
	b.t.Helper()
	b.feed(0, 1)
	m := b.join(edits...)
	m.pollRecords(1)
	m.begin()
	m.produce(0, "entry")
	return m
}

// neverTwice plays the rest of the schedule: whatever End said, a process that
// comes after it goes on from the group's position, and the entry is there
// exactly once in the end.
func neverTwice(b *bench, m *member, ended schema.Ended, err error) {
	b.t.Helper()
	topic := m.topics.Ledger
	if err != nil {
		if !errors.Is(err, schema.ErrUnclear) {
			b.t.Fatalf("an error that doesn't say to leave the process: %v", err)
		}
		m.leave() // the process does
		m = b.join()
		m.pollUntilOwned(1)
	}
	for ctx := within(b.t); m.position[0].Number == 0 && !ended.Committed && ctx.Err() == nil; { // the event comes again
		m.pollRecords(1)
		m.begin()
		m.produce(0, "entry")
		if ended, err = m.commit(0, 1, 1); err != nil { // refused again while the group moves
			b.t.Fatal(err)
		}
	}
	if got := b.read(topic, 0); !slices.Equal(got, []string{"entry"}) {
		b.t.Fatalf("ledger: %q, want the entry once", got)
	}
	if got := b.committed()[0]; !got.is(schema.Position{Offset: 1, Number: 1}) {
		b.t.Fatalf("the group holds %+v", got)
	}
}

// Schedule "unclear end": the end is applied and its reply lost, again and
// again. The client asks again by itself; the entry is there once.
func TestUnclearEnd(t *testing.T) {
	w := new(wire)
	b := embeddedBench(t, 1, w.option())
	m := staged(b)
	lost := 0
	w.set(func(key kmsg.Key, response []byte) ([]byte, bool) {
		if key == kmsg.EndTxn && lost < 1 {
			lost++
			return nil, true
		}
		return response, false
	})
	ended, err := m.commit(0, 1, 1)
	w.set(nil) // what was counted may be read from here on
	if lost == 0 {
		t.Fatal("no reply was lost")
	}
	neverTwice(b, m, ended, err)
}

// The reply never comes: the end has no clear answer.
func TestUnclearEndWhenNoReplyEverComes(t *testing.T) {
	w := new(wire)
	b := embeddedBench(t, 1, w.option())
	m := staged(b, func(c *Config) { c.TransactionTimeout = time.Second })
	w.set(func(key kmsg.Key, response []byte) ([]byte, bool) { return response, key == kmsg.EndTxn })
	ended, err := m.commit(0, 1, 1)
	if !errors.Is(err, schema.ErrUnclear) {
		t.Fatalf("%+v, %v, want an unclear end", ended, err)
	}
	w.set(nil)
	neverTwice(b, m, ended, err)
}

// The coordinator applies the end and answers with an unknown error. The
// client reports an abort; only the group's position tells.
func TestUnclearEndReportedAsAbort(t *testing.T) {
	w := new(wire)
	b := embeddedBench(t, 1, w.option())
	m := staged(b)
	changed := 0
	w.set(func(key kmsg.Key, response []byte) ([]byte, bool) {
		if key == kmsg.EndTxn && changed == 0 {
			changed++
			code := kerr.UnknownServerError.Code
			binary.BigEndian.PutUint16(response[endOffset:], uint16(code))
		}
		return response, false
	})
	ended, err := m.commit(0, 1, 1)
	w.set(nil) // what was counted may be read from here on
	if changed == 0 {
		t.Fatal("no answer was changed")
	}
	if !errors.Is(err, schema.ErrUnclear) {
		t.Fatalf("%+v, %v: an applied commit was reported as aborted", ended, err)
	}
	neverTwice(b, m, ended, err)
}

// The same answer, but the coordinator did nothing: that is an abort.
func TestUnclearEndThatWasNotApplied(t *testing.T) {
	b := embeddedBench(t, 1)
	m := staged(b)
	b.broker.cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.EndTxn}, Err: kerr.UnknownServerError})
	ended, err := m.commit(0, 1, 1)
	if err != nil || ended.Committed {
		t.Fatalf("%+v, %v, want a plain abort", ended, err)
	}
	neverTwice(b, m, ended, err)
}

// Errors on the way to the end, each with one request faulted.
func TestBrokerErrorsAroundTheEnd(t *testing.T) {
	for name, fault := range map[string]kfake.Fault{
		"end timed out but applied":    {Keys: []kmsg.Key{kmsg.EndTxn}, Err: kerr.RequestTimedOut},
		"end at another coordinator":   {Keys: []kmsg.Key{kmsg.EndTxn}, Err: kerr.NotCoordinator},
		"end fenced":                   {Keys: []kmsg.Key{kmsg.EndTxn}, Err: kerr.ProducerFenced},
		"end abortable":                {Keys: []kmsg.Key{kmsg.EndTxn}, Err: kerr.TransactionAbortable},
		"offsets timed out but stored": {Keys: []kmsg.Key{kmsg.TxnOffsetCommit}, Err: kerr.RequestTimedOut},
		"offsets unknown error":        {Keys: []kmsg.Key{kmsg.TxnOffsetCommit}},
		"offsets another coordinator":  {Keys: []kmsg.Key{kmsg.TxnOffsetCommit}, Err: kerr.NotCoordinator},
		"offsets of an old generation": {Keys: []kmsg.Key{kmsg.TxnOffsetCommit}, Err: kerr.IllegalGeneration},
		"offsets fenced":               {Keys: []kmsg.Key{kmsg.TxnOffsetCommit}, Err: kerr.FencedInstanceID},
		"produce timed out but stored": {Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.RequestTimedOut},
		"produce not leader":           {Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.NotLeaderForPartition},
		"produce fenced":               {Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.InvalidProducerEpoch},
	} {
		t.Run(name, func(t *testing.T) {
			b := embeddedBench(t, 1)
			m := staged(b, func(c *Config) { c.TransactionTimeout = time.Second })
			handle := b.broker.cluster.Fault(fault)
			ended, err := m.commit(0, 1, 1)
			if handle.Hits() == 0 {
				t.Fatal("nothing was faulted")
			}
			handle.Remove()
			neverTwice(b, m, ended, err)
		})
	}
}

package processor_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"driftless/processor"
	"driftless/processor/model"
	"driftless/processor/model/translate"
	"driftless/processor/rules"
	"driftless/schema"
)

// Each test here is a schedule that broke an earlier design, by its name. Those
// of the local store are in the folder state, those of the broker in
// connectors/kafka.

// shop is the reference data that the schedules need.
const shop = `
	now 40d
	SourceConfigured reference c1 1 0 kind=wms name=wms-1
	SourceConfigured reference c2 2 0 kind=erp name=erp-1
	LocationConfigured reference c3 3 0 location=DC1 owner=wms-1
	ChannelConfigured reference c4 4 0 channel=web default_location=DC1 reservation_source=erp-1
	ItemConfigured reference i1 1 0 item=A base_unit=EA aliases=*|case-of-A
	ItemConfigured reference i2 1 0 item=B base_unit=EA
	ItemConfigured reference i3 1 0 item=C base_unit=EA
`

// schedule is a world whose events are all kept, for the model.
type schedule struct {
	*world
	set model.Set
}

func newSchedule(t *testing.T, partitions int) *schedule {
	s := &schedule{world: newWorld(t, partitions, 1)}
	s.clock = model.Start + 40*model.Day
	s.start()
	s.send(shop)
	s.settle()
	return s
}

// send sends the events of a set in the model's notation.
func (s *schedule) send(text string) {
	s.t.Helper()
	set, err := model.Parse(text)
	s.must(err)
	for _, d := range set.InOrder() {
		s.world.send(d.Event, d.Key, d.LoggedAt)
	}
	s.set.Model, s.set.Events = model.New(), append(s.set.Events, set.Events...)
}

// settled lets the engine come to rest, and compares with the model.
func (s *schedule) settled() {
	s.t.Helper()
	s.settle()
	s.set.Now = s.clock
	if diff := model.Diff(translate.Bare(s.set.Evaluate()), translate.Bare(s.result())); diff != "" {
		s.t.Fatalf("model (-) and engine (+) differ:\n%s", diff)
	}
	s.balance()
}

// refuses expects that a shard doesn't start, and why.
func (s *schedule) refuses(partition int32, why string) {
	s.t.Helper()
	for range 3 {
		s.turn()
	}
	if err := s.stopped[partition]; err == nil || !strings.Contains(err.Error(), why) {
		s.t.Fatalf("shard %d: %v, want an error about %q", partition, err, why)
	}
}

// endOnce replaces one end of a transaction.
func (s *schedule) endOnce(how func(commit func() (schema.Ended, error)) (schema.Ended, error)) {
	s.session.end = func(commit func() (schema.Ended, error)) (schema.Ended, error) {
		s.session.end = nil
		return how(commit)
	}
}

const reservation = `ReservationPlaced erp-1 r1 1 40d item=A channel=web reservation_id=R1 quantity=3 expires_at=40d+500`

// TestTimerOnlyTransaction: an expiry that two members decided is committed by
// one of them. Its transaction carries the old position, which fences the other.
func TestTimerOnlyTransaction(t *testing.T) {
	s := newSchedule(t, 1)
	s.send(reservation)
	s.settled()
	before := s.broker.Position(0)
	s.clock += 1000
	superseded := false
	s.endOnce(func(commit func() (schema.Ended, error)) (schema.Ended, error) {
		if p, carried := s.session.positions[0]; !carried || p.Offset != before.Offset || p.Number != before.Number+1 {
			t.Errorf("the end carries %+v, the group stands at %+v", s.session.positions, before)
		}
		s.broker.Join(s.worker) // another member takes over, and the old one goes on
		_, err := commit()
		superseded = errors.Is(err, schema.ErrUnclear)
		return schema.Ended{}, err
	})
	s.settled()
	if !superseded {
		t.Error("the member that was superseded has committed")
	}
	if after := s.broker.Position(0); after.Number != before.Number+1 {
		t.Errorf("one expiry moved the group from %+v to %+v", before, after)
	}
}

// TestExpiryAborted: an expiry whose transaction aborts fires again, as nothing
// else will ever look at the reservation.
func TestExpiryAborted(t *testing.T) {
	s := newSchedule(t, 1)
	s.send(reservation)
	s.settled()
	s.clock += 1000
	refused := false
	s.session.Refuse = func() bool { first := !refused; refused = true; return first }
	s.settled()
	if !refused {
		t.Error("nothing expired")
	}
}

// TestReferenceKnownTooEarly: what was judged again in a transaction that
// aborted is judged once more.
func TestReferenceKnownTooEarly(t *testing.T) {
	const stock = `GoodsReceived wms-2 g1 1 39d item=A location=DC2 quantity=7`
	const version = `
		SourceConfigured reference c5 5 0 kind=wms name=wms-2
		LocationConfigured reference c6 6 0 location=DC2 owner=wms-2`
	t.Run("aborted", func(t *testing.T) {
		s := newSchedule(t, 1)
		s.send(stock)
		s.settled()
		s.send(version)
		s.follow()
		refused := false
		s.session.Refuse = func() bool { first := !refused; refused = true; return first }
		s.settled()
		if !refused {
			t.Error("nothing was judged again")
		}
	})
	t.Run("only staged", func(t *testing.T) {
		s := newSchedule(t, 1)
		s.pace = func(p *processor.Settings) { p.Linger = time.Hour }
		s.crash(100)
		s.turn()
		s.send(`
			ItemConfigured reference i9 1 0 item=D base_unit=EA
			GoodsReceived wms-2 g1 1 39d item=D location=DC2 quantity=7`)
		s.turn() // judged, and waits for company: D has no row yet
		s.send(version)
		s.follow()
		s.turn()
		s.pace = func(*processor.Settings) {}
		s.session.Refuse = nil
		s.must(s.worker.Flush())
		s.settled()
	})
	t.Run("empty disk", func(t *testing.T) {
		s := newSchedule(t, 1)
		s.send(stock)
		s.settled()
		s.send(version)
		s.empty() // the next one reads the version before it has any row
		s.settled()
	})
	t.Run("in steps", func(t *testing.T) {
		s := newSchedule(t, 1)
		s.send(stock)
		s.settled()
		s.send(version)
		s.arm("ended", 1, 0)
		s.settled()
	})
}

// TestUnclearEnd: the end is applied and its answer lost. Nothing is undone and
// nothing goes on: the next process finds what was committed.
func TestUnclearEnd(t *testing.T) {
	for name, applied := range map[string]bool{"applied": true, "not applied": false} {
		t.Run(name, func(t *testing.T) {
			s := newSchedule(t, 1)
			s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7`)
			s.endOnce(func(commit func() (schema.Ended, error)) (schema.Ended, error) {
				if applied {
					_, err := commit()
					s.must(err)
				}
				return schema.Ended{}, schema.ErrUnclear
			})
			_, err := s.try()
			if !errors.Is(err, schema.ErrUnclear) || processor.Classify(err) != processor.StopProcess {
				t.Fatalf("the turn ends with %v", err)
			}
			s.crash(0)
			s.settled()
		})
	}
}

// TestHistoryInTheSameBatch: one poll holds an event, its copy, a void of it, a
// conflict and a count: the first is staged, and not in the journal.
func TestHistoryInTheSameBatch(t *testing.T) {
	s := newSchedule(t, 1)
	before := len(s.reports)
	s.send(`
		GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7 again=39d+1
		TransactionVoided wms-1 v1 2 39d item=A voids=g1
		GoodsReceived wms-1 g2 4 39d item=A location=DC1 quantity=5
		GoodsReceived wms-1 g2 3 39d item=A location=DC1 quantity=6
		StockCounted wms-1 s1 9 39d item=A location=DC1 quantity=20 through=3
		GoodsReceived wms-1 g3 8 39d item=A location=DC1 quantity=1`)
	s.turn()
	if batches := len(s.reports) - before; batches != 1 || s.reports[before].Events != 7 {
		t.Fatalf("%d batches, the first of %+v", batches, s.reports[before])
	}
	s.settled()
}

// TestVoidFirst: the void comes before what it voids, with crashes in between.
func TestVoidFirst(t *testing.T) {
	s := newSchedule(t, 1)
	s.send(`TransactionVoided wms-1 v1 2 39d item=A voids=g1`)
	s.settle()
	s.crash(0)
	s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7`)
	s.settled()
	s.empty()
	s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=9`)
	s.settled()
}

// TestGroupResetForwardLedgerCut: a ledger that doesn't reach the number that the
// group has committed stops the shard.
func TestGroupResetForwardLedgerCut(t *testing.T) {
	for name, lost := range map[string]func(*world){
		"disk kept": func(w *world) { w.crash(100) },
		"disk lost": func(w *world) { w.empty() },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSchedule(t, 1)
			p := s.broker.Position(0)
			s.broker.SetPosition(0, schema.Position{Offset: p.Offset, Number: p.Number + 3})
			lost(s.world)
			s.refuses(0, "the ledger topic was cut")
		})
	}
}

// TestGroupResetBackward: a store, or a state topic, ahead of the group stops
// the shard.
func TestGroupResetBackward(t *testing.T) {
	s := newSchedule(t, 1)
	s.broker.SetPosition(0, schema.Position{Offset: 1, Number: 1})
	s.crash(100)
	s.refuses(0, "the local store")
	s.empty()
	s.refuses(0, "the state topic")
}

// TestGroupResetBackwardAboveTheFloor: the group was set back to an entry that the
// floor lies below, so that neither store nor state topic is ahead of it; the
// ledger is. Without a refusal what follows would get numbers that are taken.
func TestGroupResetBackwardAboveTheFloor(t *testing.T) {
	for name, lost := range map[string]func(*world){
		"disk lost": func(w *world) { w.empty() },
		"disk old":  func(w *world) { w.stop(); w.start() },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSchedule(t, 1)
			s.store.ReplayEntries = 1_000_000
			s.pace = func(p *processor.Settings) { p.Interval = time.Hour } // no checkpoint beyond the first
			s.crash(100)
			s.settle()
			old := s.disk.PowerCut(100, s.random)
			low := s.broker.Position(0)
			s.send(`
				GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7
				GoodsReceived wms-1 g2 2 39d item=B location=DC1 quantity=5
				GoodsReceived wms-1 g3 3 39d item=A location=DC1 quantity=1`)
			s.settle()
			s.broker.SetPosition(0, schema.Position{Offset: low.Offset + 1, Number: low.Number + 1})
			if name == "disk old" {
				s.disk = old
			}
			lost(s.world)
			s.refuses(0, "the group was reset backwards")
		})
	}
}

// TestCounterStartsAgain: a group without a position and a ledger with entries
// don't go together; after a timer, a crash and an empty disk numbers go on.
func TestCounterStartsAgain(t *testing.T) {
	s := newSchedule(t, 1)
	s.send(reservation)
	s.settled()
	s.clock += 1000
	s.settled() // the timer's entry is the last
	s.empty()
	s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7`)
	s.settled()
	s.broker.SetPosition(0, schema.Position{})
	s.empty()
	s.refuses(0, "its ledger holds some")
}

// TestInterruptedRestore: a restore that a power cut interrupts begins again.
func TestInterruptedRestore(t *testing.T) {
	for percent := range 5 {
		s := newSchedule(t, 1)
		s.send(reservation)
		s.settled()
		before := s.rows()
		s.arm("restoring", 1, 25*percent)
		s.empty()
		s.turn()
		if s.visited("restoring") == 0 || s.bomb.struck["restoring"] == 0 {
			t.Fatal("nothing was restored")
		}
		s.settled()
		if folders := s.folders(); len(folders) != 1 {
			t.Fatalf("the interrupted restore is left behind: %q", folders)
		}
		after := s.rows()
		if len(after) != len(before) {
			t.Fatalf("%d rows, %d before the restore", len(after), len(before))
		}
		for key, row := range before {
			if after[key] != row {
				t.Fatalf("row %s is %x, was %x", key, after[key], row)
			}
		}
	}
}

// TestWaitingInsideATransaction: an event needs history that isn't local. It is
// fetched before anything begins (see logs.Read), and once.
func TestWaitingInsideATransaction(t *testing.T) {
	s := newSchedule(t, 1)
	s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7`)
	s.settled()
	s.empty()
	s.settle()
	s.send(`
		GoodsReceived wms-1 g2 2 39d item=B location=DC1 quantity=7
		TransactionVoided wms-1 v1 2 39d item=A voids=g1
		GoodsReceived wms-1 g3 3 39d item=B location=DC1 quantity=7`)
	s.settled()
}

// TestLedgerByKey: what a mis-keyed event does stands in the ledger of the
// partition that it came by, and the rest in its own.
func TestLedgerByKey(t *testing.T) {
	s := newSchedule(t, 3)
	s.send(`
		GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7 key=B
		GoodsReceived wms-1 g2 2 39d item=A location=DC1 quantity=7 key=C
		GoodsReceived wms-1 g3 3 39d item=case-of-A location=DC1 quantity=7 key=x
		GoodsReceived wms-1 g5 5 39d item=A location=DC1 quantity=7 key=k1
		GoodsReceived wms-1 g6 6 39d item=A location=DC1 quantity=7 key=k2
		GoodsReceived wms-1 g7 7 39d item=A location=DC1 quantity=7 key=k3
		GoodsReceived wms-1 g8 8 39d item=A location=DC1 quantity=7 key=k4
		GoodsReceived wms-1 g4 4 39d item=B location=DC1 quantity=7 key=A`)
	s.settled()
	s.empty()
	s.settled()
	forwarded := 0
	for partition := range int32(3) {
		for _, e := range s.ledger(partition, nil).entries {
			if e.Outcome == rules.Forwarded {
				forwarded++
			} else if e.Item != "" && schema.Partition([]byte(e.Item), 3) != partition {
				t.Errorf("entry %d of %q stands in shard %d", e.Number, e.Item, partition)
			}
		}
	}
	if forwarded == 0 {
		t.Error("nothing was forwarded")
	}
}

// TestOldDisk: the ledger no longer reaches what the disk holds last. The disk is
// set aside, and the shard restored from the state topic.
func TestOldDisk(t *testing.T) {
	s := newSchedule(t, 1)
	s.settled()
	old := s.disk.PowerCut(100, s.random)
	s.send(`
		GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7
		GoodsReceived wms-1 g2 1 39d item=B location=DC1 quantity=8`)
	s.settled()
	before := s.rows()
	s.stop()
	s.broker.Trim(topics.Ledger, 0, int64(s.broker.Position(0).Number))
	s.disk = old
	s.start()
	s.settle()
	for key, row := range s.rows() {
		if before[key] != row {
			t.Errorf("row %s is %x, was %x", key, row, before[key])
		}
		delete(before, key)
	}
	if len(before) > 0 {
		t.Errorf("%d rows are lost", len(before))
	}
}

// TestIdleFloor: a shard that nothing happens to finishes its checkpoint, so that
// the floor is above its last entry and retention can't overtake it.
func TestIdleFloor(t *testing.T) {
	s := newSchedule(t, 1)
	s.store.ReplayEntries = 1_000_000 // no pressure to speak of
	s.crash(100)
	s.settle() // the new process has nothing else to write
	s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7`)
	s.settled()
	for range 10 {
		s.turn()
	}
	_, marker, err := s.broker.Append(schema.Record{Topic: topics.Ledger, Value: (&rules.Entry{Number: 1, Format: rules.EntryFormat}).Append(nil)})
	s.must(err)
	s.broker.Trim(topics.Ledger, 0, marker+1) // what ended the last transaction is gone too
	before := s.rows()
	s.empty()
	s.settle()
	if after := s.rows(); len(after) != len(before) {
		t.Errorf("%d rows are restored of %d", len(after), len(before))
	}
}

// TestMixedVersions: what a newer release wrote stops the shard that would have to
// read it, wherever it comes upon it. That says more than this release knows, so
// its form is another: more bytes at its end.
func TestMixedVersions(t *testing.T) {
	newer := func(value []byte, at int) []byte {
		value[at]++
		return append(value, 1, 2, 3)
	}
	row := func(s *schedule, key string) []byte {
		value := s.rows()["0/"+strconv.Quote(key)]
		if value == "" {
			t.Fatalf("there is no row %q", key)
		}
		return []byte(value)
	}
	for name, wrote := range map[string]func(s *schedule) schema.Record{
		"ledger entry": func(s *schedule) schema.Record {
			p := s.broker.Position(0)
			entry := rules.Entry{Number: p.Number + 1, Format: rules.EntryFormat + 1, Item: "A"}
			s.broker.SetPosition(0, schema.Position{Offset: p.Offset, Number: p.Number + 1})
			return schema.Record{Topic: topics.Ledger, Value: append(entry.Append(nil), 1, 2, 3)}
		},
		"floor": func(*schedule) schema.Record {
			return schema.Record{Topic: topics.State, Key: []byte("F"), Value: newer([]byte{1, 2, 2}, 0)}
		},
		"own row": func(*schedule) schema.Record {
			return schema.Record{Topic: topics.State, Key: []byte("S"), Value: newer([]byte{2, 0, 0, 0}, 0)}
		},
		"item": func(s *schedule) schema.Record {
			key := string(rules.ItemKey(nil, "A"))
			return schema.Record{Topic: topics.State, Key: []byte(key), Value: newer(row(s, key), 0)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSchedule(t, 1)
			s.t = t
			_, _, err := s.broker.Append(wrote(s))
			s.must(err)
			s.empty()
			s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7`)
			s.refuses(0, rules.ErrFormat.Error())
		})
	}
}

// TestForwardedOlder: the age of a forwarded event is that of its first record,
// however late it is forwarded.
func TestForwardedOlder(t *testing.T) {
	s := newSchedule(t, 3)
	s.send(`GoodsReceived wms-1 g1 1 9d item=case-of-A location=DC1 quantity=7 logged_at=38d`)
	s.settled()
	for _, e := range s.ledger(schema.Partition([]byte("A"), 3), nil).entries {
		resolved := e.Outcome == rules.Applied && s.event(e.Event).Type == schema.GoodsReceived
		if resolved && e.Origin != (rules.Origin{Partition: e.Partition, Offset: e.Offset}) {
			if e.LoggedAt != model.Start+38*model.Day {
				t.Errorf("the forwarded event was logged at %d", e.LoggedAt)
			}
			return
		}
	}
	t.Error("nothing was forwarded and applied")
}

// TestTwoOwnersOfAFolder: a second process on the same disk gets no shard.
func TestTwoOwnersOfAFolder(t *testing.T) {
	s := newSchedule(t, 1)
	other := &schedule{world: newWorld(t, 1, 2)}
	other.broker, other.disk, other.clock = s.broker, s.disk, s.clock
	other.start()
	other.refuses(0, "in use")
	if err := s.worker.Turn(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// TestClockStepsBack: an expiry fired, and the next process reads an earlier
// clock: the shard's own doesn't go back behind it.
func TestClockStepsBack(t *testing.T) {
	for _, percent := range [...]int{0, 100} {
		s := newSchedule(t, 1)
		s.send(reservation)
		s.settled()
		s.clock += 1000
		fired := s.clock
		s.settled()
		s.clock -= 900
		s.crash(percent)
		s.send(`LocationConfigured reference c9 9 0 location=DC9 owner=wms-1`) // all is judged again
		s.settle()
		s.ask(0, func(shard processor.Shard) error {
			if shard.Now < fired {
				t.Errorf("the shard's clock reads %d, the expiry fired at %d", shard.Now, fired)
			}
			return nil
		})
		s.clock = fired
		s.settled()
	}
}

// TestClockOfReplayedEntries: a process dies before the clock that it decided by is
// among the rows. The next one replays what was decided, and writes rows and floor.
// The third reads an earlier clock, and finds nothing left to replay.
func TestClockOfReplayedEntries(t *testing.T) {
	for _, lost := range [...]bool{false, true} { // the journal's end, so that the ledger is read
		s := newSchedule(t, 1)
		s.clock += 1000
		decided := s.clock
		s.send(`GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7`)
		s.arm(map[bool]string{false: "stored", true: "ended"}[lost], 1, 100)
		s.turnUntil(func() bool { return s.bomb.struck["stored"]+s.bomb.struck["ended"] > 0 })
		s.clock -= 900
		before := len(s.broker.Records(topics.State, 0, 0))
		s.turnUntil(func() bool { return len(s.broker.Records(topics.State, 0, 0)) > before })
		s.stop()
		s.start()
		s.settle()
		s.ask(0, func(shard processor.Shard) error {
			if shard.Now < decided {
				t.Errorf("journal lost %v: the shard's clock reads %d, the event was judged at %d", lost, shard.Now, decided)
			}
			return nil
		})
	}
}

// turnUntil goes on until the condition holds.
func (s *schedule) turnUntil(condition func() bool) {
	s.t.Helper()
	for range patience {
		if condition() {
			return
		}
		s.turn()
	}
	s.t.Fatal("the condition never held")
}

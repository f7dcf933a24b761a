package processor_test

import (
	"errors"
	"testing"

	"driftless/processor"
	"driftless/processor/rules"
	"driftless/schema"
)

// apart is a schedule on two shards whose disk is emptied, so that history lies
// in the ledger only: item A is in one shard, the second name in the other.
func apart(t *testing.T) (s *schedule, second string) {
	s = newSchedule(t, 2)
	for _, second = range []string{"B", "C", "D", "E", "F"} {
		if schema.Partition([]byte(second), 2) != schema.Partition([]byte("A"), 2) {
			break
		}
	}
	s.send(`
		ItemConfigured reference i9 1 0 item=` + second + ` base_unit=EA
		GoodsReceived wms-1 g1 1 39d item=A location=DC1 quantity=7
		GoodsReceived wms-1 g1 1 39d item=` + second + ` location=DC1 quantity=7`)
	s.settled()
	s.empty()
	s.settle()
	return s, second
}

// slow lets the process that is started next wait for the logs where it reads
// history.
func (s *schedule) slow() {
	s.hold = make(chan struct{})
	s.worker.HoldLogs(logs{s.broker, s.hold, nil})
}

// TestHistoryIsFetchedAside: a shard waits for history on a log that doesn't
// answer; the other shard goes on, and its transactions carry what the first had
// judged before. Once the log answers all is judged, in order.
func TestHistoryIsFetchedAside(t *testing.T) {
	s, second := apart(t)
	s.slow()
	s.send(`
		GoodsReceived wms-1 g2 2 39d item=A location=DC1 quantity=1
		TransactionVoided wms-1 v1 3 39d item=A voids=g1
		GoodsReceived wms-1 g4 4 39d item=A location=DC1 quantity=1`)
	mine, other := schema.Partition([]byte("A"), 2), schema.Partition([]byte(second), 2)
	before := s.broker.Position(mine)
	for range 5 {
		s.turn()
	}
	if after := s.broker.Position(mine); after.Offset != before.Offset+1 {
		t.Fatalf("the shard stands at %+v, %+v before: it must have judged one of three events", after, before)
	}
	for i := range 3 {
		at := s.broker.Position(other)
		s.send(`GoodsReceived wms-1 h` + string(rune('1'+i)) + ` 9 39d item=` + second + ` location=DC1 quantity=1`)
		s.turn()
		s.turn()
		if after := s.broker.Position(other); after.Offset != at.Offset+1 {
			t.Fatalf("the other shard stands at %+v, %+v before", after, at)
		}
	}
	close(s.hold)
	s.hold = nil
	s.settled()
	if s.fetched() == 0 {
		t.Error("nothing was fetched")
	}
}

// fetched is how many of A's entries the journal has.
func (s *schedule) fetched() (entries int) {
	s.ask(schema.Partition([]byte("A"), 2), func(shard processor.Shard) error {
		story, err := shard.Judge.Facts(shard.Batch, "A")
		entries = len(story.Facts)
		return err
	})
	return entries
}

// TestLostWhileHistoryIsFetched: the shard is lost, and the process stopped,
// while the log doesn't answer. Nothing hangs and nothing is lost.
func TestLostWhileHistoryIsFetched(t *testing.T) {
	s, _ := apart(t)
	s.slow()
	s.send(`TransactionVoided wms-1 v1 3 39d item=A voids=g1`)
	s.turn()
	s.turn()
	mine := schema.Partition([]byte("A"), 2)
	s.worker.Lost(mine)
	s.stop()
	s.hold = nil
	s.start()
	s.settled()
}

// TestAbortWhileHistoryIsFetched: a transaction that carries what the waiting
// shard had judged aborts; it comes again with the rest.
func TestAbortWhileHistoryIsFetched(t *testing.T) {
	s, _ := apart(t)
	s.slow()
	refused := 0
	s.session.Refuse = func() bool { refused++; return refused <= 2 }
	s.send(`
		GoodsReceived wms-1 g2 2 39d item=A location=DC1 quantity=1
		TransactionVoided wms-1 v1 3 39d item=A voids=g1`)
	for range 4 {
		s.turn()
	}
	close(s.hold)
	s.hold = nil
	s.settled()
	if refused < 2 {
		t.Error("nothing was aborted")
	}
}

// TestHistoryThatIsGone: what a decision needs is in neither journal nor ledger.
// The shard stops and says so; the other goes on.
func TestHistoryThatIsGone(t *testing.T) {
	s, second := apart(t)
	mine := schema.Partition([]byte("A"), 2)
	s.broker.Trim(topics.Ledger, mine, int64(s.broker.Position(mine).Number))
	s.send(`TransactionVoided wms-1 v1 3 39d item=A voids=g1`)
	for range 5 {
		s.turn()
	}
	if err := s.stopped[mine]; err == nil || processor.Classify(err) != processor.StopShard {
		t.Fatalf("the shard goes on: %v", err)
	}
	other := schema.Partition([]byte(second), 2)
	before := s.broker.Position(other)
	s.send(`GoodsReceived wms-1 g2 2 39d item=` + second + ` location=DC1 quantity=1`)
	s.turn()
	s.turn()
	if s.broker.Position(other).Offset != before.Offset+1 {
		t.Error("the other shard stands still")
	}
}

// TestQuestionsDontWaitForHistory: a question that needs history gets to know
// that it is coming, and when to ask again; the loop doesn't wait.
func TestQuestionsDontWaitForHistory(t *testing.T) {
	s, _ := apart(t)
	s.slow()
	ask := func() error {
		answer := make(chan error, 1)
		go func() {
			answer <- s.worker.Ask(t.Context(), schema.Partition([]byte("A"), 2), func(shard processor.Shard) error {
				_, err := shard.Facts("A")
				return err
			})
		}()
		for {
			select {
			case err := <-answer:
				return err
			default:
				s.turn()
			}
		}
	}
	var fetching *processor.Fetching
	if err := ask(); !errors.As(err, &fetching) {
		t.Fatalf("the question is answered by %v", err)
	}
	close(s.hold)
	s.hold = nil
	served := make(chan error, 1)
	go func() { served <- fetching.Wait(t.Context()) }()
	for waiting := true; waiting; {
		select {
		case err := <-served:
			s.must(err)
			waiting = false
		default:
			s.turn()
		}
	}
	s.must(ask())
}

// TestEntriesAreFoundByNumber: in a ledger with gaps between offsets every entry
// is found from an offset that is near.
func TestEntriesAreFoundByNumber(t *testing.T) {
	s := newSchedule(t, 1)
	for number := uint64(1); number <= 30_000; number++ {
		entry := rules.Entry{Number: number, Format: rules.EntryFormat}
		for range 1 + max(0, int(number)%97-95)*40 {
			_, _, err := s.broker.Append(schema.Record{Topic: "marked", Value: entry.Append(nil)})
			s.must(err)
		}
	}
	for _, number := range []uint64{1, 2, 4000, 9999, 20_000, 29_999, 30_000} {
		first, entries, err := processor.FindEntries(logs{s.broker, nil, nil}, "marked", number)
		if err != nil || first != number || entries == 0 {
			t.Errorf("entry %d: found %d entries from %d on, %v", number, entries, first, err)
		}
	}
	for _, number := range []uint64{0, 30_001} {
		if first, entries, err := processor.FindEntries(logs{s.broker, nil, nil}, "marked", number); entries > 0 && first == number || err != nil {
			t.Errorf("entry %d is found in %d entries from %d on, %v", number, entries, first, err)
		}
	}
}

// TestPausedAgainAtOnce: a shard lacks history again in the very turn in which it
// was resumed; the session, which had been told both, gave its records away.
func TestPausedAgainAtOnce(t *testing.T) { newStorm(t, 107).run() }

// absent is a schema registry that can't be reached until it can.
type absent struct{ there bool }

func (a *absent) SchemaByID(int) (string, error) {
	if !a.there {
		return "", errors.New("no route to host")
	}
	return "", schema.ErrUnknownSchema
}

func (a *absent) SchemaByFingerprint(uint64) (string, error) { return a.SchemaByID(0) }

// TestRegistryThatIsDown: a record that needs the registry holds up its shard
// only, and is judged once the registry answers.
func TestRegistryThatIsDown(t *testing.T) {
	s, second := apart(t)
	registry := &absent{}
	s.pace = func(p *processor.Settings) { p.Registry = registry }
	s.crash(100)
	s.turn()
	mine, other := schema.Partition([]byte("A"), 2), schema.Partition([]byte(second), 2)
	_, _, err := s.broker.Append(schema.Record{Topic: topics.Events, Partition: mine, Key: []byte("A"), Value: []byte{0, 0, 0, 0, 9, 1, 2}})
	s.must(err)
	before, at := s.broker.Position(mine), s.broker.Position(other)
	s.turn()
	s.world.send(&schema.Event{
		Type: schema.GoodsReceived, Source: "wms-1", TransactionID: "h1", Sequence: 9, OccurredAt: s.clock, Item: second,
		HasQuantity: true, Quantity: schema.Quantity{Value: 1}, Location: "DC1",
	}, second, s.clock)
	s.turn()
	s.turn()
	if s.broker.Position(mine) != before || s.broker.Position(other).Offset != at.Offset+1 {
		t.Fatalf("the shards stand at %+v and %+v, %+v and %+v before", s.broker.Position(mine), s.broker.Position(other), before, at)
	}
	registry.there = true
	for s.broker.Position(mine).Offset == before.Offset {
		s.turn()
	}
}

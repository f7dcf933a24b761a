package chaos

import (
	"encoding/binary"
	"sync"
	"time"

	"driftless/connectors/kafka"
)

// refuseCommits has the coordinator refuse an instance's transactions for a while:
// they are aborted, rows that they carry too, and the instance goes on.
func (f *fleet) refuseCommits() {
	m := f.some()
	f.flow(f.moment(300 * time.Millisecond))
	m.weather(weather{refuse: true})
	f.flow(f.moment(300 * time.Millisecond))
	m.weather(weather{})
	f.flow(f.moment(time.Second))
}

// refuseRecords has a topic take only the smallest batches for a moment, as by an
// operator's mistake: transactions that have larger ones are aborted. Nobody starts meanwhile, who
// would take the topic's limit for one to go by.
func (f *fleet) refuseRecords() {
	for _, m := range f.members {
		if m.running && len(m.process.owned()) == 0 {
			f.flow(f.moment(time.Second))
			return
		}
	}
	topic := []string{f.topics.Ledger, f.topics.ATP, f.topics.State}[f.draws.IntN(3)]
	f.limit(topic, 2)
	f.during(nil, 300*time.Millisecond+f.moment(500*time.Millisecond), 4*f.left)
	f.limit(topic, 0)
	f.flow(f.moment(time.Second))
}

// limit has a topic take records of so many bytes, or of as many as are planned
// for it: 0.
func (f *fleet) limit(topic string, most int32) {
	f.t.Helper()
	settings, err := f.role("tester").settings()
	f.must(err)
	if most > 0 {
		settings.Kafka.RecordBytes, settings.Kafka.OutputBytes = 1, most
	}
	admin, err := kafka.NewAdmin(settings.Kafka, kafka.Options{})
	f.must(err)
	defer admin.Close()
	ctx, cancel := f.within()
	defer cancel()
	left, err := admin.Mend(ctx, []kafka.Difference{{Topic: topic, Setting: "max.message.bytes"}}, kafka.EmbeddedPlan())
	f.must(err)
	if len(left) > 0 {
		f.t.Fatalf("the limit of topic %s can't be set: %+v", topic, left)
	}
}

// loseAnswer keeps the answers to the ends of an instance's transactions from it,
// until it leaves: it can't know whether the last of them was committed. Some of
// the ends don't even arrive.
func (f *fleet) loseAnswer() {
	m := f.some()
	f.flow(f.moment(300 * time.Millisecond))
	m.weather(weather{mute: true})
	f.during(m.process.ended, memberSession/2+6*time.Second, 4*f.left)
	m.weather(weather{})
	f.flow(f.moment(time.Second))
}

// requests are those of a connection whose answers are of interest.
type requests struct {
	guard sync.Mutex
	ends  map[uint32]bool // of transactions, by correlation
}

// Where a frame has what: its size, then of a request the key, the version, the
// correlation and the client's id; of an answer the correlation.
const (
	keyAt         = 4
	versionAt     = 6
	correlationAt = 8
	clientIDAt    = 12
)

// Keys of requests.
const (
	endTransaction = 26
	commitOffsets  = 28 // within a transaction
)

// ask looks at a request in passing, and returns what is sent on; nil: nothing.
func (r *requests) ask(frame []byte, w weather) []byte {
	if len(frame) < clientIDAt+2 {
		return frame
	}
	key := binary.BigEndian.Uint16(frame[keyAt:])
	if w.mute && key == endTransaction {
		r.guard.Lock()
		defer r.guard.Unlock()
		correlation := binary.BigEndian.Uint32(frame[correlationAt:])
		if correlation%2 == 0 {
			return nil
		}
		r.ends[correlation] = true
	}
	if w.refuse && key == commitOffsets {
		refuse(frame)
	}
	return frame
}

// lost reports whether an answer doesn't arrive.
func (r *requests) lost(frame []byte) bool {
	if len(frame) < keyAt+4 {
		return false
	}
	r.guard.Lock()
	defer r.guard.Unlock()
	correlation := binary.BigEndian.Uint32(frame[keyAt:])
	lost := r.ends[correlation]
	delete(r.ends, correlation)
	return lost
}

// refuse makes the offsets of a transaction some of a generation that their group
// never had. Behind the header come two names with their lengths, of the
// transaction and the group, then producer id and epoch, then the generation.
func refuse(frame []byte) {
	if binary.BigEndian.Uint16(frame[versionAt:]) < 3 {
		return // it names no generation
	}
	at := clientIDAt + 2 + max(0, int(int16(binary.BigEndian.Uint16(frame[clientIDAt:])))) + 1 // no tags
	for range 2 {
		length, n := binary.Uvarint(frame[at:])
		at += n + max(0, int(length)-1)
	}
	at += 8 + 2
	binary.BigEndian.PutUint32(frame[at:], binary.BigEndian.Uint32(frame[at:])+1<<20)
}

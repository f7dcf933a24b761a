package chaos

import (
	"encoding/binary"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
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

// refuseRecords has a topic take no record for a moment, as by an operator's
// mistake: transactions that need it are aborted. Nobody starts meanwhile, who
// would take the topic's limit for one to go by.
func (f *fleet) refuseRecords() {
	for _, m := range f.members {
		if m.running && len(m.process.owned()) == 0 {
			f.flow(f.moment(time.Second))
			return
		}
	}
	topics := []string{f.topics.Ledger, f.topics.ATP, f.topics.State, f.topics.DeadLetters}
	topic := topics[f.draws.IntN(len(topics))]
	f.limit(topic, "1")
	f.during(nil, 50*time.Millisecond+f.moment(300*time.Millisecond), 4*f.left)
	f.limit(topic, strconv.Itoa(8<<20))
	f.flow(f.moment(time.Second))
}

// limit sets how many bytes a topic takes at once.
func (f *fleet) limit(topic, size string) {
	f.t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(f.brokers()...))
	f.must(err)
	defer client.Close()
	ctx, cancel := f.within()
	defer cancel()
	answers, err := kadm.NewClient(client).AlterTopicConfigs(ctx, []kadm.AlterConfig{{Name: "max.message.bytes", Value: &size}}, topic)
	f.must(err)
	f.must(answers[0].Err)
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
	keyAt      = 4
	versionAt  = 6
	clientIDAt = 12
)

// ask looks at a request in passing, and returns what is sent on; nil: nothing.
func (r *requests) ask(frame []byte, w weather) []byte {
	if len(frame) < clientIDAt+2 {
		return frame
	}
	key := kmsg.Key(binary.BigEndian.Uint16(frame[keyAt:]))
	if w.mute && key == kmsg.EndTxn {
		r.guard.Lock()
		defer r.guard.Unlock()
		correlation := binary.BigEndian.Uint32(frame[versionAt+2:])
		if correlation%2 == 0 {
			return nil
		}
		r.ends[correlation] = true
	}
	if w.refuse && key == kmsg.TxnOffsetCommit {
		return refused(frame)
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

// refused makes the offsets of a transaction some of a generation that their group
// never had.
func refused(frame []byte) []byte {
	request := kmsg.NewPtrTxnOffsetCommitRequest()
	request.Version = int16(binary.BigEndian.Uint16(frame[versionAt:]))
	body := clientIDAt + 2 + max(0, int(int16(binary.BigEndian.Uint16(frame[clientIDAt:]))))
	if request.IsFlexible() {
		body++ // no tags
	}
	if request.ReadFrom(frame[body:]) != nil {
		return frame
	}
	request.Generation += 1 << 20
	frame = request.AppendTo(frame[:body:body])
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-keyAt))
	return frame
}

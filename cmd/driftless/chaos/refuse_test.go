package chaos

import (
	"encoding/binary"
	"time"

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

// refused makes a request to commit the offsets of a transaction one of a
// generation that its group never had. Other requests stay as they are.
func refused(frame []byte) []byte {
	const clientID = 12 // where its length is: behind size, key, version and correlation
	if len(frame) < clientID+2 || kmsg.Key(binary.BigEndian.Uint16(frame[4:])) != kmsg.TxnOffsetCommit {
		return frame
	}
	request := kmsg.NewPtrTxnOffsetCommitRequest()
	request.Version = int16(binary.BigEndian.Uint16(frame[6:]))
	body := clientID + 2 + max(0, int(int16(binary.BigEndian.Uint16(frame[clientID:]))))
	if request.IsFlexible() {
		body++ // no tags
	}
	if request.ReadFrom(frame[body:]) != nil {
		return frame
	}
	request.Generation += 1 << 20
	frame = request.AppendTo(frame[:body])
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-4))
	return frame
}

// Package spoil damages encoded records for tests: far more of them than Go's
// fuzzing engine gets through, which steers by coverage and pays for it.
package spoil

import (
	"math/rand/v2"
	"os"
	"runtime/debug"
	"strconv"
	"testing"
)

// Environment names how many records each test spoils; without it they are few.
const Environment = "SPOILED"

// Each hands damaged records to a decoder, as many as the environment says, else
// as usual. One that panics fails the test with the bytes that made it; what is
// given is valid during the call.
func Each(t *testing.T, records [][]byte, usual int, decode func(record []byte) (read bool)) {
	t.Helper()
	count := usual
	if given := os.Getenv(Environment); given != "" {
		var err error
		if count, err = strconv.Atoi(given); err != nil {
			t.Fatalf("%s: %v", Environment, err)
		}
	}
	var room []byte
	defer func() {
		if cause := recover(); cause != nil {
			t.Fatalf("%x: panic: %v\n%s", room, cause, debug.Stack())
		}
	}()
	random, read := rand.New(rand.NewPCG(1, uint64(len(records)))), 0
	for range count {
		room = record(random, records, room)
		if decode(room) {
			read++
		}
	}
	t.Logf("%d of %d were read all the same", read, count)
}

// record returns a damaged copy of one of some records, in room that is used
// again: bits flipped, bytes overwritten, the end cut or made longer, a piece of
// another record put in.
func record(random *rand.Rand, records [][]byte, room []byte) []byte {
	record := room[:0]
	record = append(record, records[random.IntN(len(records))]...)
	for range 1 + random.IntN(4) {
		if len(record) == 0 {
			return append(record, byte(random.Uint32()))
		}
		at := random.IntN(len(record))
		switch random.IntN(6) {
		case 0, 1:
			record[at] ^= 1 << random.IntN(8)
		case 2:
			record[at] = [...]byte{0, 1, 0x7f, 0x80, 0xfe, 0xff}[random.IntN(6)]
		case 3:
			record = record[:at]
		case 4:
			for range 1 + random.IntN(9) {
				record = append(record, byte(random.Uint32()))
			}
		case 5:
			other := records[random.IntN(len(records))]
			copy(record[at:], other[min(at, len(other)):])
		}
	}
	return record
}

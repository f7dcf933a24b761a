// Package spoil damages encoded records for tests: far more of them than Go's
// fuzzing engine gets through, which steers by coverage and pays for it.
package spoil

import "math/rand/v2"

// Record returns a damaged copy of one of some records, in room that is used
// again: bits flipped, bytes overwritten, the end cut or made longer, a piece of
// another record put in.
func Record(random *rand.Rand, records [][]byte, room []byte) []byte {
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

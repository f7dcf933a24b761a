package rules

import "encoding/binary"

// Trace is where one event of an item is: 24 bits of its fingerprint and 40
// bits of its entry's number. 8 bytes an event make deduplication local.
type Trace uint64

const (
	numberBits    = 40
	highestNumber = 1<<numberBits - 1 // a higher one would be taken for another entry's
	// traceLimit is how many traces an item's row holds before the oldest
	// chunkSize of them are sealed into a chunk row.
	traceLimit = 512
	chunkSize  = 256
)

// ChunkEntries is how many traces a sealed chunk holds.
const ChunkEntries = chunkSize

// Fingerprint is 24 bits of an FNV-1a hash of (source, transaction id). It
// never is 0, which marks a trace that no search looks for.
func Fingerprint(source, transactionID string) uint32 {
	const offset, prime = 14695981039346656037, 1099511628211
	hash := uint64(offset)
	for i := range len(source) {
		hash = (hash ^ uint64(source[i])) * prime
	}
	hash *= prime
	for i := range len(transactionID) {
		hash = (hash ^ uint64(transactionID[i])) * prime
	}
	return max(uint32((hash^hash>>24^hash>>48)&(1<<24-1)), 1)
}

// fingerprint is that of an order line, by which its row is known to be there.
func (id LineID) fingerprint() uint32 { return Fingerprint(id.Order, "\x00"+id.Line) }

func newTrace(fingerprint uint32, number uint64) Trace {
	return Trace(uint64(fingerprint)<<numberBits | number)
}

// Number is the entry's number.
func (t Trace) Number() uint64 { return uint64(t) & (1<<numberBits - 1) }

// Fingerprint is what a search compares.
func (t Trace) Fingerprint() uint32 { return uint32(uint64(t) >> numberBits) }

// appendTraces encodes traces as 8 little-endian bytes each.
func appendTraces(dst []byte, traces []Trace) []byte {
	for _, t := range traces {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(t))
	}
	return dst
}

// decodeTraces reads what appendTraces wrote.
func decodeTraces(dst []Trace, data []byte) []Trace {
	for ; len(data) >= 8; data = data[8:] {
		dst = append(dst, Trace(binary.LittleEndian.Uint64(data)))
	}
	return dst
}

package rules

// filters know of items with long histories which fingerprints their sealed
// chunks surely don't hold, so that a fresh event of a busy SKU is told from a
// copy without reading hundreds of chunks. They are a cache of a bounded size:
// the chunk rows are the truth.
type filters struct {
	byItem map[string]*filter
	bytes  int    // of all of them
	uses   uint64 // so far
}

const (
	// filterBytes bounds the filters of a shard. One that is larger has them for
	// itself.
	filterBytes = 8 << 20
	// bitsATrace and probes make one in a hundred searches look in vain.
	bitsATrace = 12
	probes     = 3
	// partChunks is how many chunks are searched where they seem to hold a
	// fingerprint. Items with more of them have a bloom for each so many, too.
	partChunks = 64
	partTraces = partChunks * chunkSize
)

// bloom tells that a fingerprint surely isn't among those added.
type bloom []uint64

func newBloom(traces int) bloom { return make(bloom, traces*bitsATrace/64) }

// spot is the place of one of a fingerprint's bits.
func (b bloom) spot(fingerprint uint32, probe uint32) (word uint32, bit uint64) {
	hash := uint64(fingerprint) * 0x9e3779b97f4a7c15
	place := uint64(uint32(hash>>32)+probe*uint32(hash)) * (64 * uint64(len(b))) >> 32
	return uint32(place / 64), 1 << (place % 64)
}

func (b bloom) add(fingerprint uint32) {
	for probe := range uint32(probes) {
		word, bit := b.spot(fingerprint, probe)
		b[word] |= bit
	}
}

func (b bloom) maybe(fingerprint uint32) bool {
	for probe := range uint32(probes) {
		if word, bit := b.spot(fingerprint, probe); b[word]&bit == 0 {
			return false
		}
	}
	return true
}

// filter is that of one item.
type filter struct {
	all    bloom
	parts  []bloom // none where one part has room for all chunks
	chunks uint32  // that it knows
	room   uint32  // for so many; then it is made anew
	used   uint64  // when it was used last
}

// newFilter returns an empty filter with room for so many chunks, and to grow.
func newFilter(chunks uint32) *filter {
	f := &filter{room: chunks + chunks/4 + 2}
	f.all = newBloom(int(f.room) * chunkSize)
	if f.room > partChunks {
		f.parts = make([]bloom, f.room/partChunks+1)
		for i := range f.parts {
			f.parts[i] = newBloom(partTraces)
		}
	}
	return f
}

// bytes is what the filter takes in memory.
func (f *filter) bytes() int {
	words := len(f.all)
	for _, part := range f.parts {
		words += len(part)
	}
	return 8 * words
}

// add takes up the next chunk. There must be room for it.
func (f *filter) add(traces []Trace) {
	for _, t := range traces {
		f.all.add(t.Fingerprint())
		if f.parts != nil {
			f.parts[f.chunks/partChunks].add(t.Fingerprint())
		}
	}
	f.chunks++
}

func (f *filter) maybe(fingerprint uint32) bool { return f.all.maybe(fingerprint) }

// among calls visit with the number of each chunk that may hold a fingerprint.
func (f *filter) among(fingerprint uint32, visit func(chunk uint32) error) error {
	if !f.maybe(fingerprint) {
		return nil
	}
	for number := uint32(0); number < f.chunks; number++ {
		if number%partChunks == 0 && f.parts != nil && !f.parts[number/partChunks].maybe(fingerprint) {
			number += partChunks - 1
			continue
		}
		if err := visit(number); err != nil {
			return err
		}
	}
	return nil
}

func newFilters() *filters { return &filters{byItem: map[string]*filter{}} }

// of returns an item's filter, nil where there is none that knows no more than
// so many chunks and has room for them.
func (fs *filters) of(item string, chunks uint32) *filter {
	f := fs.byItem[item]
	if f == nil {
		return nil
	}
	if chunks < f.chunks || chunks > f.room {
		fs.drop(item)
		return nil
	}
	fs.uses++
	f.used = fs.uses
	return f
}

// admit makes a filter for an item; those used least recently make room for it.
func (fs *filters) admit(item string, chunks uint32) *filter {
	f := newFilter(chunks)
	for fs.bytes+f.bytes() > filterBytes && len(fs.byItem) > 0 {
		oldest := ""
		for name, other := range fs.byItem {
			if oldest == "" || other.used < fs.byItem[oldest].used {
				oldest = name
			}
		}
		fs.drop(oldest)
	}
	fs.uses++
	f.used = fs.uses
	fs.byItem[item], fs.bytes = f, fs.bytes+f.bytes()
	return f
}

func (fs *filters) drop(item string) {
	if f := fs.byItem[item]; f != nil {
		fs.bytes -= f.bytes()
		delete(fs.byItem, item)
	}
}

// seal adds a chunk to an item's filter when it holds all chunks before it and
// has room.
func (fs *filters) seal(item string, number uint32, traces []Trace) {
	if f := fs.byItem[item]; f != nil {
		if number == f.chunks && number < f.room {
			f.add(traces)
		} else {
			fs.drop(item)
		}
	}
}

// forget drops an item's filter where chunks were sealed in vain.
func (fs *filters) forget(s *staged) {
	if len(s.chunks) > 0 || s.dropped > 0 {
		fs.drop(s.item.Name)
	}
}

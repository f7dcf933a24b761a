package rules

import (
	"fmt"
	"slices"
)

// filterItems bounds the items whose sealed chunks are held in memory.
const filterItems = 64

// filters hold the sealed chunks of items with long histories, so that a fresh
// event of a busy SKU is told from a copy without reading hundreds of chunks.
// They are a cache: the chunk rows are the truth.
type filters struct {
	byItem map[string]*filter
}

// filter is the sealed traces of one item: a bitmap over all fingerprints says
// at once that an event is new. Chunks are merged into runs of doubling length,
// so that a search looks into few.
type filter struct {
	bits   [1 << 15]uint64 // 2^21 bits by the upper bits of a fingerprint
	runs   [][]Trace       // each sorted
	chunks uint32          // in the runs
}

func newFilters() *filters { return &filters{byItem: map[string]*filter{}} }

func (f *filter) add(traces []Trace) {
	f.chunks++
	f.runs = append(f.runs, traces)
	for n := len(f.runs); n > 1 && len(f.runs[n-1]) >= len(f.runs[n-2]); n = len(f.runs) {
		f.runs = append(f.runs[:n-2], mergeTraces(f.runs[n-2], f.runs[n-1]))
	}
	for _, t := range traces {
		bit := t.Fingerprint() >> 3
		f.bits[bit/64] |= 1 << (bit % 64)
	}
}

// mergeTraces joins two sorted lists into a new one.
func mergeTraces(a, b []Trace) []Trace {
	both := make([]Trace, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0] <= b[0] {
			both, a = append(both, a[0]), a[1:]
		} else {
			both, b = append(both, b[0]), b[1:]
		}
	}
	return append(append(both, a...), b...)
}

func (f *filter) maybe(fingerprint uint32) bool {
	bit := fingerprint >> 3
	return f.bits[bit/64]&(1<<(bit%64)) != 0
}

// seal adds a chunk to an item's filter when it holds all chunks before it.
func (fs *filters) seal(item string, number uint32, traces []Trace) {
	if f := fs.byItem[item]; f != nil {
		if number == f.chunks {
			f.add(traces)
		} else {
			delete(fs.byItem, item)
		}
	}
}

// forget drops an item's filter where chunks were sealed in vain.
func (fs *filters) forget(s *staged) {
	if len(s.chunks) > 0 || s.dropped > 0 {
		delete(fs.byItem, s.item.Name)
	}
}

// load reads the chunks of an item that its filter lacks.
func (b *Batch) load(s *staged) (*filter, error) {
	it := &s.item
	f := b.filters.byItem[it.Name]
	if f == nil {
		if len(b.filters.byItem) >= filterItems {
			clear(b.filters.byItem)
		}
		f = &filter{}
		b.filters.byItem[it.Name] = f
	}
	for f.chunks < it.Chunks {
		traces, err := b.chunk(s, f.chunks)
		if err != nil {
			delete(b.filters.byItem, it.Name)
			return nil, err
		}
		f.add(traces)
	}
	return f, nil
}

func (b *Batch) chunk(s *staged, number uint32) ([]Trace, error) {
	for _, c := range s.chunks {
		if c.number == number {
			return c.traces, nil
		}
	}
	b.key = ChunkKey(b.key[:0], s.item.Name, number)
	encoded, err := b.rows.Get(b.key)
	if err != nil {
		return nil, fmt.Errorf("read chunk %d of item %q: %w", number, s.item.Name, err)
	}
	if len(encoded) != chunkSize*8 {
		return nil, fmt.Errorf("chunk %d of item %q has %d bytes: %w", number, s.item.Name, len(encoded), errCut)
	}
	return decodeTraces(nil, encoded), nil
}

// Find appends the numbers of the entries that may hold a fingerprint.
func (b *Batch) Find(item string, fingerprint uint32, numbers []uint64) ([]uint64, error) {
	s, err := b.stage(item)
	if err != nil {
		return nil, err
	}
	for _, t := range s.item.Trace {
		if t.Fingerprint() == fingerprint {
			numbers = append(numbers, t.Number())
		}
	}
	if s.item.Chunks == 0 {
		return numbers, nil
	}
	f, err := b.load(s)
	if err != nil || !f.maybe(fingerprint) {
		return numbers, err
	}
	for _, traces := range f.runs {
		at, _ := slices.BinarySearch(traces, newTrace(fingerprint, 0))
		for ; at < len(traces) && traces[at].Fingerprint() == fingerprint; at++ {
			numbers = append(numbers, traces[at].Number())
		}
	}
	return numbers, nil
}

// holdsLine reports whether a line may have a row: an entry that makes one
// leaves a trace of it. So a new line costs no look into the store.
func (b *Batch) holdsLine(s *staged, id LineID) (bool, error) {
	if s.item.Lines == 0 {
		return false, nil
	}
	fingerprint := id.fingerprint()
	for _, t := range s.item.Trace {
		if t.Fingerprint() == fingerprint {
			return true, nil
		}
	}
	if s.item.Chunks == 0 {
		return false, nil
	}
	f, err := b.load(s)
	return err == nil && f.maybe(fingerprint), err
}

// Numbers lists the entries of an item's history, rising.
func (b *Batch) Numbers(item string) ([]uint64, error) {
	s, err := b.stage(item)
	if err != nil {
		return nil, err
	}
	var numbers []uint64
	if s.item.Chunks > 0 {
		f, err := b.load(s)
		if err != nil {
			return nil, err
		}
		for _, traces := range f.runs {
			for _, t := range traces {
				numbers = append(numbers, t.Number())
			}
		}
	}
	for _, t := range s.item.Trace {
		numbers = append(numbers, t.Number())
	}
	slices.Sort(numbers)
	return slices.Compact(numbers), nil
}

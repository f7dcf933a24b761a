package rules

import (
	"fmt"
	"slices"
)

// load reads the chunks of an item that its filter lacks.
func (b *Batch) load(s *staged) (*filter, error) {
	it := &s.item
	f := b.filters.of(it.Name, it.Chunks)
	if f == nil {
		f = b.filters.admit(it.Name, it.Chunks)
	}
	for f.chunks < it.Chunks {
		if err := b.unseal(s, f.chunks); err != nil {
			b.filters.drop(it.Name)
			return nil, err
		}
		f.add(b.sealed)
	}
	return f, nil
}

// unseal reads a chunk into the room for the one that was read last.
func (b *Batch) unseal(s *staged, number uint32) (err error) {
	b.sealed, err = b.chunk(s, number, b.sealed[:0])
	return err
}

// chunk appends the traces of a sealed chunk, sorted by fingerprint.
func (b *Batch) chunk(s *staged, number uint32, traces []Trace) ([]Trace, error) {
	for _, c := range s.chunks {
		if c.number == number {
			return append(traces, c.traces...), nil
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
	return decodeTraces(traces, encoded), nil
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
	if err != nil {
		return numbers, err
	}
	err = f.among(fingerprint, func(chunk uint32) error {
		if err := b.unseal(s, chunk); err != nil {
			return err
		}
		at, _ := slices.BinarySearch(b.sealed, newTrace(fingerprint, 0))
		for ; at < len(b.sealed) && b.sealed[at].Fingerprint() == fingerprint; at++ {
			numbers = append(numbers, b.sealed[at].Number())
		}
		return nil
	})
	return numbers, err
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
	all, err := b.traces(s)
	if err != nil {
		return nil, err
	}
	numbers := make([]uint64, len(all))
	for i, t := range all {
		numbers[i] = t.Number()
	}
	slices.Sort(numbers)
	return slices.Compact(numbers), nil
}

package rules

// slab hands out room of one type that is taken back as a whole when a batch
// ends, so that judging makes no garbage.
type slab[T any] struct {
	chunks [][]T
	chunk  int // that is being handed out
	used   int // of it
}

const (
	slabSize   = 512
	keptChunks = 64
)

// take returns n zero elements.
func (s *slab[T]) take(n int) []T {
	if n > slabSize {
		return make([]T, n)
	}
	if s.chunk < len(s.chunks) && s.used+n > slabSize {
		s.chunk, s.used = s.chunk+1, 0
	}
	if s.chunk == len(s.chunks) {
		s.chunks = append(s.chunks, make([]T, slabSize))
	}
	room := s.chunks[s.chunk][s.used : s.used+n : s.used+n]
	s.used += n
	return room
}

// reset takes everything back. What was handed out must not be used any more.
func (s *slab[T]) reset() {
	for i := range min(s.chunk+1, len(s.chunks)) {
		clear(s.chunks[i])
	}
	if len(s.chunks) > keptChunks {
		clear(s.chunks[keptChunks:])
		s.chunks = s.chunks[:keptChunks]
	}
	s.chunk, s.used = 0, 0
}

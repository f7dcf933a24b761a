package state

// pages is a growing array in pages of fixed size: growing copies nothing, and
// the garbage collector sees one pointer for each page. Index 0 isn't handed
// out, so that 0 can mean "none".
type pages[T any] struct {
	page []*[pageLength]T
	next uint32   // the next index never used
	free []uint32 // indexes to use again
}

const pageLength = 1 << 12

// at returns the element; it must have been handed out by take.
func (p *pages[T]) at(i uint32) *T { return &p.page[i/pageLength][i%pageLength] }

// take hands out an element, set to zero.
func (p *pages[T]) take() (uint32, *T) {
	if n := len(p.free); n > 0 {
		i := p.free[n-1]
		p.free = p.free[:n-1]
		one := p.at(i)
		var zero T
		*one = zero
		return i, one
	}
	p.next = max(p.next, 1)
	i := p.next
	p.next++
	if int(i/pageLength) == len(p.page) {
		p.page = append(p.page, new([pageLength]T))
	}
	return i, p.at(i)
}

// give takes an element back.
func (p *pages[T]) give(i uint32) { p.free = append(p.free, i) }

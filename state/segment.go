package state

import (
	"fmt"
	"strings"
)

// form is what the name of a segment file says about its content.
type form uint8

const (
	formOpen   form = iota // the journal's end: may be torn by a power cut
	formOlder              // older history being filled in: may be torn too
	formSealed             // synced before it got its name: whole, or damaged
)

// segment is one file of the journal. The name of a sealed one says which
// entries it must hold, so that damage can't hide by shortening the file.
type segment struct {
	first, last uint64 // numbers; last is first-1 while it is empty
	size        int64  // bytes
	form        form
}

// name returns the file name. Numbers are padded, so that names sort as they do.
func (s *segment) name() string {
	switch s.form {
	case formOpen:
		return fmt.Sprintf("%020d.open", s.first)
	case formOlder:
		return fmt.Sprintf("%020d.older", s.first)
	default:
		return fmt.Sprintf("%020d-%020d.seg", s.first, s.last)
	}
}

// parseSegment reads a file name; false when it isn't a segment's.
func parseSegment(name string) (*segment, bool) {
	s := &segment{}
	var ending string
	if n, _ := fmt.Sscanf(name, "%020d-%020d.%s", &s.first, &s.last, &ending); n == 3 && ending == "seg" {
		s.form = formSealed
		return s, s.name() == name
	}
	if n, _ := fmt.Sscanf(name, "%020d.%s", &s.first, &ending); n != 2 {
		return nil, false
	}
	s.last = s.first - 1
	if strings.HasSuffix(name, ".older") {
		s.form = formOlder
	}
	return s, s.name() == name
}

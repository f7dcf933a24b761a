package rules

import (
	"encoding/binary"
	"errors"
	"unsafe"
)

// errCut is the error of a row or entry that ends too soon or counts wrongly.
var errCut = errors.New("the bytes are damaged: they end too soon or count wrongly")

// appendText encodes a text behind its length.
func appendText(dst []byte, text string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(text)))
	return append(dst, text...)
}

func appendInt(dst []byte, value int64) []byte { return binary.AppendVarint(dst, value) }

func appendUint(dst []byte, value uint64) []byte { return binary.AppendUvarint(dst, value) }

func appendBool(dst []byte, value bool) []byte {
	if value {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// reader takes values off encoded bytes. After the first failure it returns
// zeros, and failed stays set. Texts alias the bytes.
type reader struct {
	data   []byte
	failed bool
	newer  bool // failed because a newer release wrote the bytes
	older  bool // failed because an older one did
}

func (r *reader) fail() {
	r.data, r.failed = nil, true
}

func (r *reader) int() int64 {
	value, n := binary.Varint(r.data)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.data = r.data[n:]
	return value
}

func (r *reader) uint() uint64 {
	value, n := binary.Uvarint(r.data)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.data = r.data[n:]
	return value
}

func (r *reader) byte() byte {
	if len(r.data) == 0 {
		r.fail()
		return 0
	}
	value := r.data[0]
	r.data = r.data[1:]
	return value
}

func (r *reader) bool() bool { return r.byte() != 0 }

// count reads how many elements follow; each takes at least a byte, so that no
// damage makes us reserve more than the bytes could hold.
func (r *reader) count() int {
	n := r.uint()
	if n > uint64(len(r.data)) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) bytes() []byte {
	n := r.count()
	value := r.data[:n:n]
	if !r.failed {
		r.data = r.data[n:]
	}
	return value
}

func (r *reader) text() string { return text(r.bytes()) }

func text(value []byte) string { return unsafe.String(unsafe.SliceData(value), len(value)) }

// only reads a row's format and fails on any but one.
func (r *reader) only(format byte) {
	if found := r.byte(); found != format {
		r.newer, r.older = r.newer || found > format && !r.failed, r.older || found < format && !r.failed
		r.fail()
	}
}

// end returns nil only when everything was read and nothing is left.
func (r *reader) end() error {
	if r.newer {
		return ErrFormat
	}
	if r.older {
		return ErrOlder
	}
	if r.failed || len(r.data) != 0 {
		return errCut
	}
	return nil
}

// appendList encodes a count and the elements.
func appendList[T any](dst []byte, list []T, one func([]byte, *T) []byte) []byte {
	dst = appendUint(dst, uint64(len(list)))
	for i := range list {
		dst = one(dst, &list[i])
	}
	return dst
}

// readList decodes a count and the elements into a list that is used again,
// with the room of its elements: one must set all of an element.
func readList[T any](r *reader, list []T, one func(*reader, *T)) []T {
	n := r.count()
	list = list[:0]
	for range n {
		if r.failed {
			break
		}
		if len(list) < cap(list) {
			list = list[:len(list)+1]
		} else {
			var empty T
			list = append(list, empty)
		}
		one(r, &list[len(list)-1])
	}
	return list
}

package schema

import "unsafe"

// wireReader reads Avro's binary encoding. The first thing wrong sets problem
// and empties the rest, so that callers check once, at the end. Strings alias
// the input: it must not change while they are in use.
type wireReader struct {
	rest    []byte
	problem string
}

// fail keeps the first problem: what follows from it would only mislead.
func (r *wireReader) fail(problem string) {
	if r.problem == "" {
		r.problem = problem
	}
	r.rest = nil
}

// long takes ten bytes at most and refuses what doesn't fit 64 bits.
func (r *wireReader) long() int64 {
	if len(r.rest) > 0 && r.rest[0] < 0x80 {
		coded := uint64(r.rest[0])
		r.rest = r.rest[1:]
		return int64(coded>>1) ^ -int64(coded&1)
	}
	return r.longLong()
}

// longLong is kept apart from long so that long can be inlined.
func (r *wireReader) longLong() int64 {
	var coded uint64
	for i, c := range r.rest {
		if i == 9 && c > 1 || i > 9 {
			r.fail("a long has more than 64 bits")
			return 0
		}
		coded |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			return int64(coded>>1) ^ -int64(coded&1)
		}
	}
	r.fail("it ends within a number")
	return 0
}

// int refuses what Avro's int can't hold, though it is written like a long.
func (r *wireReader) int() int32 {
	number := r.long()
	if int64(int32(number)) != number {
		r.fail("an int has more than 32 bits")
		return 0
	}
	return int32(number)
}

// bytes returns a part of the input, nil where its length is 0.
func (r *wireReader) bytes() []byte {
	length := r.long()
	if length == 0 {
		return nil
	}
	if length < 0 || length > int64(len(r.rest)) {
		r.fail("a length is negative or beyond the end")
		return nil
	}
	content := r.rest[:length:length]
	r.rest = r.rest[length:]
	return content
}

// string doesn't copy: an event has a dozen, and most are compared and dropped.
func (r *wireReader) string() string {
	content := r.bytes()
	return unsafe.String(unsafe.SliceData(content), len(content))
}

// flag refuses other bytes than 0 and 1: they show that reader and writer have
// lost step.
func (r *wireReader) flag() bool {
	if len(r.rest) == 0 || r.rest[0] > 1 {
		r.fail("a boolean is missing or neither 0 nor 1")
		return false
	}
	flag := r.rest[0] == 1
	r.rest = r.rest[1:]
	return flag
}

// symbol returns the index of an enum's symbol.
func (r *wireReader) symbol(symbols int) uint8 {
	index := r.long()
	if index < 0 || index >= int64(symbols) {
		r.fail("an enum has no such symbol")
		return 0
	}
	return uint8(index)
}

// choice is the inverse of appendChoice for a Go type of that many values. The
// symbol for what isn't known comes out as 255, which no check lets pass.
func (r *wireReader) choice(values int) uint8 {
	return r.symbol(values+1) - 1
}

// items reads the blocks of an array or a map, item by item. An item takes a
// byte at least, which bounds the work by the input's length.
func (r *wireReader) items(read func()) {
	for {
		count := r.long()
		if count == 0 || r.problem != "" {
			return
		}
		if count < 0 {
			count = -count
			r.long()
		}
		if count < 0 || count > int64(len(r.rest)) {
			r.fail("a block has more items than bytes")
			return
		}
		for ; count > 0 && r.problem == ""; count-- {
			read()
		}
	}
}

// end returns ErrMalformed where anything was wrong or is left over.
func (r *wireReader) end(record string) error {
	if r.problem == "" && len(r.rest) > 0 {
		r.problem = "bytes are left over"
	}
	if r.problem != "" {
		return malformed(record, r.problem)
	}
	return nil
}

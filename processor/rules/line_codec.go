package rules

import "driftless/schema"

// lineFormat leads the rows of lines.
const lineFormat = 2

// What a line's fact is, in the bits of one number.
const (
	factAuthority = 2 // shifts
	factDemand    = 5
	factWhole     = 1 << 7
	factLocated   = 1 << 8
	factPlaced    = 1 << 9 // at another instant than it occurred
	factBits      = 10
)

// Append encodes a line's row; its key has the ids.
func (l *Line) Append(dst []byte) []byte {
	dst = appendInt(appendBool(append(dst, lineFormat), l.Aged), l.Logged)
	dst = appendUint(dst, uint64(len(l.Facts)))
	for i := range l.Facts {
		dst = appendLineFact(dst, &l.Facts[i], l.Logged)
	}
	return dst
}

// Decode reads a line's row. Its texts alias data; the ids aren't in it.
func (l *Line) Decode(data []byte) error {
	r := &reader{data: data}
	l.read(r)
	return r.end()
}

func (l *Line) read(r *reader) {
	r.only(lineFormat)
	l.Aged, l.Logged = r.bool(), r.int()
	l.Facts = readList(r, l.Facts, func(r *reader, f *LineFact) { readLineFact(r, f, l.Logged) })
}

func appendLineFact(dst []byte, f *LineFact, logged int64) []byte {
	bits := uint64(f.Kind) | uint64(f.Authority)<<factAuthority | uint64(f.Demand)<<factDemand
	for _, one := range [...]struct {
		set bool
		bit uint64
	}{{f.Whole, factWhole}, {f.Located, factLocated}, {f.PlacedAt != f.OccurredAt, factPlaced}} {
		if one.set {
			bits |= one.bit
		}
	}
	dst = appendUint(appendUint(dst, f.Number), bits)
	dst = appendInt(appendInt(appendInt(dst, f.Sequence), logged-f.OccurredAt), f.Units)
	if bits&factPlaced != 0 {
		dst = appendInt(dst, f.PlacedAt)
	}
	dst = appendText(appendText(dst, f.Source), f.TransactionID)
	return appendText(appendText(appendText(dst, f.Location), f.Channel), f.Reservation)
}

func readLineFact(r *reader, f *LineFact, logged int64) {
	number, bits := r.uint(), r.uint()
	*f = LineFact{
		Number: number, Kind: LineKind(bits & 3), Authority: schema.SourceKind(bits >> factAuthority & 7),
		Demand: schema.Demand(bits >> factDemand & 3), Whole: bits&factWhole != 0, Located: bits&factLocated != 0,
	}
	f.Sequence, f.OccurredAt, f.Units = r.int(), logged-r.int(), r.int()
	if f.PlacedAt = f.OccurredAt; bits&factPlaced != 0 {
		f.PlacedAt = r.int()
	}
	f.Source, f.TransactionID = r.text(), r.text()
	f.Location, f.Channel, f.Reservation = r.text(), r.text(), r.text()
	if bits >= 1<<factBits {
		r.fail()
	}
}

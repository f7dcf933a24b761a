package rules

import "driftless/schema"

// parts of encoded effects, in this order. What isn't there takes no room.
const (
	partWhole = 1 << iota
	partCells
	partTracks
	partChannels
	partLines
	partFact
	partReservations
	partLined
	partOpening
)

// append encodes the effects as one bytes field behind its length.
func (f *Effects) append(dst []byte) []byte {
	parts := f.parts()
	if parts == 0 {
		return append(dst, 0)
	}
	const usual = 2 // bytes of a length from 64 to 8,191
	start := len(dst)
	dst = append(dst, 0, 0)
	dst = f.appendParts(appendUint(dst, uint64(parts)), parts)
	var length [10]byte
	prefix := appendInt(length[:0], int64(len(dst)-start-usual))
	if len(prefix) != usual {
		dst = append(dst, length[:max(0, len(prefix)-usual)]...) // makes room
		copy(dst[start+len(prefix):], dst[start+usual:])
		dst = dst[:len(dst)+min(0, len(prefix)-usual)]
	}
	copy(dst[start:], prefix)
	return dst
}

// parts says what the effects have.
func (f *Effects) parts() (parts int) {
	for i, there := range [...]bool{
		f.Whole != nil, len(f.Cells) > 0, len(f.Tracks) > 0, len(f.Channels) > 0, len(f.Lines) > 0,
		f.Fact.Number != 0, len(f.Reservations) > 0, f.Lined != 0, f.Opening != nil,
	} {
		if there {
			parts |= 1 << i
		}
	}
	return parts
}

func (f *Effects) appendParts(dst []byte, parts int) []byte {
	if parts&partWhole != 0 {
		dst = f.Whole.appendBody(dst)
	}
	if parts&partCells != 0 {
		dst = appendList(dst, f.Cells, appendCellChange)
	}
	if parts&partTracks != 0 {
		dst = appendList(dst, f.Tracks, appendTrack)
	}
	if parts&partChannels != 0 {
		dst = appendList(dst, f.Channels, appendChannelUnits)
	}
	if parts&partLines != 0 {
		dst = appendList(dst, f.Lines, appendLine)
	}
	if parts&partFact != 0 {
		dst = append(dst, byte(f.Fact.Authority))
		dst = appendText(appendInt(dst, f.Fact.Units), f.Fact.Location)
	}
	if parts&partReservations != 0 {
		dst = appendList(dst, f.Reservations, func(dst []byte, r *Reservation) []byte { return r.Append(dst) })
	}
	if parts&partLined != 0 {
		dst = appendInt(dst, int64(f.Lined))
	}
	if parts&partOpening != 0 {
		dst = f.Opening.Append(dst)
	}
	return dst
}

// read decodes what append wrote, its length taken off. Of a line's fact it
// reads what the event doesn't say: Apply completes it.
func (f *Effects) read(data []byte, within *reader) {
	if len(data) == 0 {
		return
	}
	r := &reader{data: data}
	parts := int(r.uint())
	if parts&partWhole != 0 {
		f.Whole = &Item{}
		f.Whole.readBody(r)
	}
	if parts&partCells != 0 {
		f.Cells = readList(r, f.Cells, readCellChange)
	}
	if parts&partTracks != 0 {
		f.Tracks = readList(r, f.Tracks, readTrack)
	}
	if parts&partChannels != 0 {
		f.Channels = readList(r, f.Channels, readChannelUnits)
	}
	if parts&partLines != 0 {
		f.Lines = readList(r, f.Lines, readLine)
	}
	if parts&partFact != 0 {
		f.Fact = LineFact{Authority: schema.SourceKind(r.byte()), Units: r.int(), Location: r.text(), Number: incomplete}
	}
	if parts&partReservations != 0 {
		f.Reservations = readList(r, f.Reservations, func(r *reader, v *Reservation) { v.read(r) })
	}
	if parts&partLined != 0 {
		f.Lined = int32(r.int())
	}
	if parts&partOpening != 0 {
		f.Opening = &Opening{}
		f.Opening.read(r)
	}
	if r.end() != nil || parts >= partOpening<<1 {
		within.newer, within.older = r.newer, r.older
		within.fail()
	}
}

// incomplete is the number of a line's fact that was read and whose event
// wasn't yet.
const incomplete = ^uint64(0)

// appendLine encodes a line with its ids.
func appendLine(dst []byte, l *Line) []byte {
	return l.Append(appendText(appendText(dst, l.ID.Order), l.ID.Line))
}

func readLine(r *reader, l *Line) {
	l.ID = LineID{r.text(), r.text()}
	l.read(r)
}

func appendCellChange(dst []byte, c *CellChange) []byte {
	dst = appendUint(appendText(dst, c.Location), uint64(c.Fields))
	if c.Fields&fieldCount != 0 {
		dst = appendInt(appendInt(appendBool(dst, c.Counted), c.Period), c.Count)
		dst = appendText(appendInt(appendInt(dst, c.Through), c.CountSequence), c.CountID)
	}
	if c.Fields&fieldMarks != 0 {
		dst = appendBool(appendBool(dst, c.Moved), c.Low)
	}
	for i, value := range c.numbers() {
		if c.Fields&numberFields[i] != 0 {
			dst = appendInt(dst, *value)
		}
	}
	return dst
}

func readCellChange(r *reader, c *CellChange) {
	*c = CellChange{Cell: Cell{Location: r.text()}, Fields: cellFields(r.uint())}
	if c.Fields&fieldCount != 0 {
		c.Counted, c.Period, c.Count = r.bool(), r.int(), r.int()
		c.Through, c.CountSequence, c.CountID = r.int(), r.int(), r.text()
	}
	if c.Fields&fieldMarks != 0 {
		c.Moved, c.Low = r.bool(), r.bool()
	}
	for i, value := range c.numbers() {
		if c.Fields&numberFields[i] != 0 {
			*value = r.int()
		}
	}
	if c.Fields&^allFields != 0 {
		r.fail()
	}
}

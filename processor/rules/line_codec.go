package rules

import "driftless/schema"

// lineFormat leads the rows of lines. Format 1 has no log-append time.
const lineFormat = 2

// Append encodes a line's row.
func (l *Line) Append(dst []byte) []byte {
	dst = appendInt(appendBool(append(dst, lineFormat), l.Aged), l.Logged)
	dst = appendText(appendText(dst, l.ID.Order), l.ID.Line)
	return appendList(dst, l.Facts, appendLineFact)
}

// Decode reads a line's row. Its texts alias data.
func (l *Line) Decode(data []byte) error {
	r := &reader{data: data}
	l.read(r)
	return r.end()
}

func (l *Line) read(r *reader) {
	format := r.formatUpTo(lineFormat)
	if r.failed {
		return
	}
	l.Aged, l.Logged = r.bool(), never // unknown: every fact may have been folded by then
	if format > rowFormat {
		l.Logged = r.int()
	}
	l.ID.Order, l.ID.Line = r.text(), r.text()
	l.Facts = readList(r, l.Facts, readLineFact)
}

func appendLineFact(dst []byte, f *LineFact) []byte {
	dst = appendUint(dst, f.Number)
	dst = append(dst, byte(f.Kind), byte(f.Authority), byte(f.Demand))
	dst = appendBool(appendBool(dst, f.Whole), f.Located)
	dst = appendInt(appendInt(appendInt(appendInt(dst, f.Sequence), f.OccurredAt), f.PlacedAt), f.Units)
	dst = appendText(appendText(dst, f.Source), f.TransactionID)
	return appendText(appendText(appendText(dst, f.Location), f.Channel), f.Reservation)
}

func readLineFact(r *reader, f *LineFact) {
	f.Number = r.uint()
	f.Kind, f.Authority, f.Demand = LineKind(r.byte()), schema.SourceKind(r.byte()), schema.Demand(r.byte())
	f.Whole, f.Located = r.bool(), r.bool()
	f.Sequence, f.OccurredAt, f.PlacedAt, f.Units = r.int(), r.int(), r.int(), r.int()
	f.Source, f.TransactionID = r.text(), r.text()
	f.Location, f.Channel, f.Reservation = r.text(), r.text(), r.text()
}

// Append encodes a reservation's row.
func (r *Reservation) Append(dst []byte) []byte {
	dst = appendText(append(dst, rowFormat), r.Key)
	dst = appendInt(appendInt(dst, r.Consumed), r.Timer)
	return appendList(dst, r.Facts, appendReservationFact)
}

// Decode reads a reservation's row. Its texts alias data.
func (r *Reservation) Decode(data []byte) error {
	in := &reader{data: data}
	r.read(in)
	return in.end()
}

func (r *Reservation) read(in *reader) {
	if in.format(); in.failed {
		return
	}
	r.Key, r.Consumed, r.Timer = in.text(), in.int(), in.int()
	r.Facts = readList(in, r.Facts, readReservationFact)
}

func appendReservationFact(dst []byte, f *ReservationFact) []byte {
	dst = appendBool(appendBool(appendUint(dst, f.Number), f.Release), f.Allotment)
	dst = appendInt(appendInt(appendInt(appendInt(dst, f.Sequence), f.OccurredAt), f.ExpiresAt), f.Units)
	dst = appendText(appendText(appendText(dst, f.Source), f.TransactionID), f.ReservationID)
	return appendText(appendText(dst, f.Location), f.Channel)
}

func readReservationFact(r *reader, f *ReservationFact) {
	f.Number, f.Release, f.Allotment = r.uint(), r.bool(), r.bool()
	f.Sequence, f.OccurredAt, f.ExpiresAt, f.Units = r.int(), r.int(), r.int(), r.int()
	f.Source, f.TransactionID, f.ReservationID = r.text(), r.text(), r.text()
	f.Location, f.Channel = r.text(), r.text()
}

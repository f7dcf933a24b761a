package rules

// reservationFormat leads the rows of reservations.
const reservationFormat = 2

// Append encodes a reservation's row.
func (r *Reservation) Append(dst []byte) []byte {
	dst = appendText(append(dst, reservationFormat), r.Key)
	dst = appendInt(appendInt(appendInt(dst, r.Consumed), r.Timer), r.Earliest)
	return appendList(dst, r.Facts, appendReservationFact)
}

// Decode reads a reservation's row. Its texts alias data.
func (r *Reservation) Decode(data []byte) error {
	in := &reader{data: data}
	r.read(in)
	return in.end()
}

func (r *Reservation) read(in *reader) {
	if in.only(reservationFormat); in.failed {
		return
	}
	r.Key, r.Consumed, r.Timer, r.Earliest = in.text(), in.int(), in.int(), in.int()
	r.Facts = readList(in, r.Facts, readReservationFact)
}

func appendReservationFact(dst []byte, f *ReservationFact) []byte {
	dst = appendBool(appendBool(appendUint(dst, f.Number), f.Release), f.Allotment)
	dst = appendInt(appendInt(appendInt(dst, f.Sequence), f.OccurredAt), f.LoggedAt-f.OccurredAt)
	dst = appendInt(appendInt(dst, f.ExpiresAt), f.Units)
	dst = appendText(appendText(appendText(dst, f.Source), f.TransactionID), f.ReservationID)
	return appendText(appendText(dst, f.Location), f.Channel)
}

func readReservationFact(r *reader, f *ReservationFact) {
	f.Number, f.Release, f.Allotment = r.uint(), r.bool(), r.bool()
	f.Sequence, f.OccurredAt = r.int(), r.int()
	f.LoggedAt, f.ExpiresAt, f.Units = f.OccurredAt+r.int(), r.int(), r.int()
	f.Source, f.TransactionID, f.ReservationID = r.text(), r.text(), r.text()
	f.Location, f.Channel = r.text(), r.text()
}

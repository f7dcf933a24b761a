package rules

// Append encodes the entry as the body of an Avro record LedgerEntry
// (schema/avro/ledger_entry.avsc). Effects, which only this program reads, are
// one bytes field in the format of the rows.
func (e *Entry) Append(dst []byte) []byte {
	dst = appendInt(appendInt(dst, int64(e.Number)), int64(e.Previous))
	dst = appendInt(appendInt(dst, int64(e.Format)), int64(e.Cause))
	dst = appendInt(appendInt(dst, e.Now), e.Reference)
	dst = avroText(dst, e.Item)
	dst = appendInt(appendInt(appendInt(dst, int64(e.Partition)), e.Offset), e.LoggedAt)
	dst = appendInt(appendInt(dst, int64(e.Origin.Partition)), e.Origin.Offset)
	dst = avroRoute(dst, &e.Route)
	dst = append(appendInt(dst, int64(len(e.Event))), e.Event...)
	dst = appendInt(appendInt(dst, int64(e.Outcome)), int64(e.Reason))
	dst = avroText(appendInt(dst, int64(e.Form)), e.Detail)
	dst = avroList(dst, e.Routes, avroRoute)
	dst = avroList(dst, e.Released, func(dst []byte, r *Release) []byte {
		return appendInt(appendInt(appendInt(dst, int64(r.Number)), int64(r.Outcome)), int64(r.Reason))
	})
	dst = avroList(dst, e.Standings, func(dst []byte, s *Standing) []byte {
		dst = appendInt(appendInt(appendInt(dst, int64(s.Number)), int64(s.Disposition)), int64(s.Reason))
		return avroList(dst, s.Routes, avroRoute)
	})
	dst = avroList(dst, e.Traces, func(dst []byte, t *uint32) []byte { return appendInt(dst, int64(*t)) })
	dst = avroList(dst, e.Movements, avroMovement)
	return e.Effects.append(dst)
}

func avroText(dst []byte, text string) []byte {
	return append(appendInt(dst, int64(len(text))), text...)
}

// avroList encodes an Avro array: one block, and the empty one that ends it.
func avroList[T any](dst []byte, list []T, one func([]byte, *T) []byte) []byte {
	if len(list) > 0 {
		dst = appendInt(dst, int64(len(list)))
		for i := range list {
			dst = one(dst, &list[i])
		}
	}
	return append(dst, 0)
}

func avroRoute(dst []byte, r *Route) []byte {
	dst = avroText(avroText(appendInt(dst, int64(r.Role)), r.Target), r.Unit)
	return appendBool(avroText(appendInt(dst, r.BaseUnits), r.From), r.Withdrawn)
}

func avroMovement(dst []byte, m *Movement) []byte {
	dst = appendInt(appendInt(avroText(dst, m.Location), m.OnHand), m.Committed)
	return appendInt(appendInt(appendInt(dst, m.Reserved), m.Preordered), m.Provision)
}

// Decode reads what Append wrote. Its texts and the event alias data.
func (e *Entry) Decode(data []byte) error {
	r := &reader{data: data}
	if err := e.story(r); err != nil {
		return err
	}
	e.Effects.read(r.avroBytes(), r)
	return r.end()
}

// EntryNumber reads an encoded entry's number, and its format, and nothing else.
func EntryNumber(data []byte) (uint64, error) {
	r := &reader{data: data}
	number := uint64(r.int())
	r.int()
	if err := r.entryFormat(); err != nil {
		return 0, err
	}
	if r.failed {
		return 0, errCut
	}
	return number, nil
}

// entryFormat reads an entry's format, and refuses any but this release's.
func (r *reader) entryFormat() error {
	format := r.int()
	if !r.failed && format > EntryFormat {
		return ErrFormat
	}
	if !r.failed && format < EntryFormat {
		return ErrOlder
	}
	return nil
}

// DecodeStory is Decode without the effects, which history has no use for.
func (e *Entry) DecodeStory(data []byte) error {
	r := &reader{data: data}
	if err := e.story(r); err != nil {
		return err
	}
	r.avroBytes()
	return r.end()
}

func (e *Entry) story(r *reader) error {
	e.Number, e.Previous = uint64(r.int()), uint64(r.int())
	if err := r.entryFormat(); err != nil {
		return err
	}
	e.Format, e.Cause = EntryFormat, Cause(r.below(int64(ByFold)+1))
	e.Now, e.Reference = r.int(), r.int()
	e.Item = r.avroText()
	e.Partition, e.Offset, e.LoggedAt = int32(r.below(1<<31)), r.int(), r.int()
	e.Origin.Partition, e.Origin.Offset = int32(r.below(1<<31)), r.int()
	readRoute(r, &e.Route)
	e.Event = r.avroBytes()
	e.Outcome, e.Reason = r.outcome(), r.reason()
	e.Form, e.Detail = r.reason(), r.avroText()
	e.Routes = avroArray(r, e.Routes, readRoute)
	e.Released = avroArray(r, e.Released, func(r *reader, v *Release) {
		v.Number, v.Outcome, v.Reason = uint64(r.int()), r.outcome(), r.reason()
	})
	e.Standings = avroArray(r, e.Standings, func(r *reader, s *Standing) {
		s.Number, s.Disposition, s.Reason = uint64(r.int()), Disposition(r.below(int64(dispositionCount))), r.reason()
		s.Routes = avroArray(r, s.Routes, readRoute)
	})
	e.Traces = avroArray(r, e.Traces, func(r *reader, t *uint32) { *t = uint32(r.below(1 << 24)) })
	e.Movements = avroArray(r, e.Movements, readMovement)
	return nil
}

// below reads a number from 0 to less than a limit.
func (r *reader) below(limit int64) int64 {
	n := r.int()
	if n < 0 || n >= limit {
		r.fail()
		return 0
	}
	return n
}

func (r *reader) outcome() Outcome { return Outcome(r.below(int64(outcomeCount))) }

func (r *reader) reason() Reason { return Reason(r.below(int64(reasonCount))) }

// avroCount reads a length or count; no element is smaller than a byte.
func (r *reader) avroCount() int {
	n := r.int()
	if n < 0 || n > int64(len(r.data)) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) avroBytes() []byte {
	n := r.avroCount()
	if r.failed {
		return nil
	}
	value := r.data[:n:n]
	r.data = r.data[n:]
	return value
}

func (r *reader) avroText() string { return text(r.avroBytes()) }

func avroArray[T any](r *reader, list []T, one func(*reader, *T)) []T {
	list = list[:0]
	for !r.failed {
		n := r.avroCount()
		if n == 0 {
			break
		}
		for i := 0; i < n && !r.failed; i++ {
			var element T
			one(r, &element)
			list = append(list, element)
		}
	}
	return list
}

func readRoute(r *reader, v *Route) {
	v.Role, v.Target, v.Unit = Role(r.below(int64(Misrouted)+1)), r.avroText(), r.avroText()
	v.BaseUnits, v.From, v.Withdrawn = r.int(), r.avroText(), r.bool()
}

func readMovement(r *reader, m *Movement) {
	m.Location, m.OnHand, m.Committed = r.avroText(), r.int(), r.int()
	m.Reserved, m.Preordered, m.Provision = r.int(), r.int(), r.int()
}

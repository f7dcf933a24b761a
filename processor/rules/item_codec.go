package rules

import (
	"driftless/schema"
)

// rowFormat leads the rows of timers, itemFormat the main ones. Readers refuse
// another one.
const (
	rowFormat  = 1
	itemFormat = 3
)

// Append encodes the main row, trace included.
func (it *Item) Append(dst []byte) []byte {
	dst = appendMentions(appendUint(append(dst, itemFormat), it.Number), it.Mentions)
	dst = appendInt(dst, it.Folded)
	dst = it.appendBody(dst)
	dst = appendUint(dst, uint64(it.Lines))
	dst = appendUint(dst, uint64(it.Chunks))
	return appendTraces(dst, it.Trace)
}

// appendBody encodes what an entry's Whole carries.
func (it *Item) appendBody(dst []byte) []byte {
	dst = appendInt(appendInt(appendInt(dst, it.Reference), it.Judged), it.Timer)
	dst = appendList(dst, it.Cells, appendCell)
	dst = appendList(dst, it.Tracks, appendTrack)
	dst = appendList(dst, it.Channels, appendChannelUnits)
	dst = appendList(dst, it.Allots, appendAllotment)
	dst = appendList(dst, it.Config.Versions, appendVersion)
	dst = appendList(dst, it.Config.Claims, appendClaim)
	dst = appendInt(appendList(dst, it.Config.Waivers, appendWaiver), it.Config.Ended)
	return appendList(dst, it.Parked, func(dst []byte, n *uint64) []byte { return appendUint(dst, *n) })
}

// Decode reads a main row. Its texts alias data; the name isn't in it.
func (it *Item) Decode(data []byte) error {
	r := &reader{data: data}
	r.only(itemFormat)
	it.Number, it.Mentions, it.Folded = r.uint(), r.mentions(), r.int()
	it.readBody(r)
	it.Lines = uint32(r.uint())
	it.Chunks = uint32(r.uint())
	if !r.failed && len(r.data)%8 == 0 {
		it.Trace = decodeTraces(it.Trace[:0], r.data)
		r.data = nil
	}
	return r.end()
}

func (it *Item) readBody(r *reader) {
	it.Reference, it.Judged, it.Timer = r.int(), r.int(), r.int()
	it.Cells = readList(r, it.Cells, readCell)
	it.Tracks = readList(r, it.Tracks, readTrack)
	it.Channels = readList(r, it.Channels, readChannelUnits)
	it.Allots = readList(r, it.Allots, readAllotment)
	it.Config.Versions = readList(r, it.Config.Versions, readVersion)
	it.Config.Claims = readList(r, it.Config.Claims, readClaim)
	it.Config.Waivers = readList(r, it.Config.Waivers, readWaiver)
	it.Config.Ended = r.int()
	it.Parked = readList(r, it.Parked, func(r *reader, n *uint64) { *n = r.uint() })
}

const (
	cellCounted = 1 << iota
	cellMoved
	cellLow
	cellPeriods // a period other than the first, for the count or the deltas
)

func appendCell(dst []byte, c *Cell) []byte {
	var flags byte
	for _, f := range []struct {
		set  bool
		flag byte
	}{{c.Counted, cellCounted}, {c.Moved, cellMoved}, {c.Low, cellLow},
		{c.Period != forever || c.LatestPeriod != forever, cellPeriods}} {
		if f.set {
			flags |= f.flag
		}
	}
	dst = append(appendText(dst, c.Location), flags)
	if flags&cellPeriods != 0 {
		dst = appendInt(appendInt(dst, c.Period), c.LatestPeriod)
	}
	if c.Counted {
		dst = appendInt(appendInt(appendInt(dst, c.Count), c.Through), c.CountSequence)
		dst = appendText(dst, c.CountID)
	}
	dst = appendInt(appendInt(appendInt(dst, c.CountsLogged), c.Sum), c.Highest)
	dst = appendInt(appendInt(dst, c.Committed), c.Reserved)
	return appendInt(appendInt(dst, c.Preordered), c.Provisional)
}

func readCell(r *reader, c *Cell) {
	*c = Cell{Location: r.text()}
	flags := r.byte()
	c.Counted, c.Moved, c.Low = flags&cellCounted != 0, flags&cellMoved != 0, flags&cellLow != 0
	c.Period, c.LatestPeriod = forever, forever
	if flags&cellPeriods != 0 {
		c.Period, c.LatestPeriod = r.int(), r.int()
	}
	if c.Counted {
		c.Count, c.Through, c.CountSequence = r.int(), r.int(), r.int()
		c.CountID = r.text()
	}
	c.CountsLogged, c.Sum, c.Highest = r.int(), r.int(), r.int()
	c.Committed, c.Reserved = r.int(), r.int()
	c.Preordered, c.Provisional = r.int(), r.int()
}

func appendTrack(dst []byte, t *Track) []byte {
	dst = appendText(dst, t.Source)
	dst = appendList(dst, t.Ranges, func(dst []byte, r *Range) []byte {
		return appendInt(appendInt(dst, r.From), r.To-r.From)
	})
	return appendList(dst, t.Places, func(dst []byte, p *Place) []byte {
		return appendInt(appendText(dst, p.Location), p.Through)
	})
}

func readTrack(r *reader, t *Track) {
	t.Source = r.text()
	t.Ranges = readList(r, t.Ranges, func(r *reader, v *Range) {
		v.From = r.int()
		v.To = v.From + r.int()
	})
	t.Places = readList(r, t.Places, func(r *reader, p *Place) { p.Location, p.Through = r.text(), r.int() })
}

func appendChannelUnits(dst []byte, c *ChannelUnits) []byte {
	return appendInt(appendText(appendText(dst, c.Location), c.Channel), c.Units)
}

func readChannelUnits(r *reader, c *ChannelUnits) {
	c.Location, c.Channel, c.Units = r.text(), r.text(), r.int()
}

func appendAllotment(dst []byte, a *AllotmentKey) []byte {
	return appendInt(appendText(appendText(dst, a.Location), a.Channel), a.Since)
}

func readAllotment(r *reader, a *AllotmentKey) {
	a.Location, a.Channel, a.Since = r.text(), r.text(), r.int()
}

func appendStamp(dst []byte, s *Stamp) []byte {
	dst = appendInt(appendInt(dst, s.EffectiveFrom), s.Sequence)
	return appendInt(appendText(dst, s.TransactionID), s.LoggedAt)
}

func readStamp(r *reader, s *Stamp) {
	s.EffectiveFrom, s.Sequence, s.TransactionID, s.LoggedAt = r.int(), r.int(), r.text(), r.int()
	s.Ends, s.Until = false, 0
}

func appendVersion(dst []byte, v *ItemVersion) []byte {
	dst = appendBool(appendText(appendStamp(dst, &v.Stamp), v.BaseUnit), v.Withdrawn)
	dst = appendList(dst, v.Units, func(dst []byte, u *schema.UnitRatio) []byte {
		return appendInt(appendInt(appendText(dst, u.Unit), u.Numerator), u.Denominator)
	})
	dst = appendList(dst, v.Aliases, func(dst []byte, a *schema.Alias) []byte {
		return appendText(appendText(appendText(dst, a.Source), a.Code), a.Unit)
	})
	return appendList(appendList(dst, v.Safety, appendPerLocation), v.Threshold, appendPerLocation)
}

func readVersion(r *reader, v *ItemVersion) {
	readStamp(r, &v.Stamp)
	v.BaseUnit, v.Withdrawn = r.text(), r.bool()
	v.Units = readList(r, v.Units, func(r *reader, u *schema.UnitRatio) {
		u.Unit, u.Numerator, u.Denominator = r.text(), r.int(), r.int()
	})
	v.Aliases = readList(r, v.Aliases, func(r *reader, a *schema.Alias) {
		a.Source, a.Code, a.Unit = r.text(), r.text(), r.text()
	})
	v.Safety = readList(r, v.Safety, readPerLocation)
	v.Threshold = readList(r, v.Threshold, readPerLocation)
}

func appendPerLocation(dst []byte, p *schema.PerLocation) []byte {
	return appendInt(appendText(dst, p.Location), p.Units)
}

func readPerLocation(r *reader, p *schema.PerLocation) { p.Location, p.Units = r.text(), r.int() }

func appendClaim(dst []byte, c *Claim) []byte {
	dst = appendText(appendStamp(dst, &c.Stamp), c.SKU)
	return appendList(dst, c.Marks, func(dst []byte, m *Mark) []byte {
		return appendText(appendText(dst, m.Source), m.Unit)
	})
}

func readClaim(r *reader, c *Claim) {
	readStamp(r, &c.Stamp)
	c.SKU = r.text()
	c.Marks = readList(r, c.Marks, func(r *reader, m *Mark) { m.Source, m.Unit = r.text(), r.text() })
}

func appendWaiver(dst []byte, w *Waiver) []byte {
	return appendInt(appendInt(appendText(dst, w.Source), w.From), w.To)
}

func readWaiver(r *reader, w *Waiver) { w.Source, w.From, w.To = r.text(), r.int(), r.int() }

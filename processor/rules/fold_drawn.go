package rules

// drawn lists what lines took that go, or that went before, by the row that they
// took it of.
func (f *folding) drawn(gone []*Verdict) map[string][]Drawn {
	drawn := map[string][]Drawn{}
	for _, d := range f.went {
		drawn[d.Key] = append(drawn[d.Key], d)
	}
	done := map[LineID]bool{}
	for _, v := range gone {
		id := LineID{v.Fact.Event.OrderID, v.Fact.Event.LineID}
		if !onLine(v) || done[id] {
			continue
		}
		done[id] = true
		for _, life := range f.before.lives[id] {
			life.eachDraw(f.before.Item.Allots, func(key string, units int64) {
				drawn[key] = append(drawn[key], Drawn{Key: key, Last: life.last, Units: units})
			})
		}
	}
	return drawn
}

// addLines adds what the lines that go took of reservations that stay, and of
// allotments.
func (f *folding) addLines(gone []*Verdict) {
	logged := f.loggedOfReservations()
	f.opening.Consumed = nil
	for key, drawn := range f.drawn(gone) {
		for _, d := range drawn {
			switch {
			case isAllotment(key):
				d.Last = 0
			case logged[key] == nil:
				continue // whoever begins it knows nothing of lines that were given up before
			default:
				d.Last = f.blur(d.Last, logged[key])
			}
			f.opening.drew(d)
		}
	}
}

// loggedOfReservations lists when the events that stay were logged, by the
// reservation that they may begin anew.
func (f *folding) loggedOfReservations() map[string][]int64 {
	logged := map[string][]int64{}
	for i := range f.left {
		if e := f.left[i].Event; ofPlainReservation(e) {
			key := reservationKey(e.ReservationID)
			logged[key] = append(logged[key], f.left[i].LoggedAt)
		}
	}
	return logged
}

// blur moves the instant of a line's last event on, so that what many lines took
// becomes one sum: whether it was given up when one of these instants came, or
// what is still to come, stays the same.
func (f *folding) blur(last int64, logged []int64) int64 {
	next := f.opening.Line
	for _, at := range logged {
		if edge := at - f.ref.Settings.Horizon; edge > last {
			next = min(next, edge)
		}
	}
	return next - 1
}

// addAllotments adds since when allotments consume, where that can't change any more.
func (f *folding) addAllotments() {
	f.opening.Allots = nil
	for _, a := range f.before.Item.Allots {
		if a.Since < f.opening.Line {
			f.opening.Allots = append(f.opening.Allots, a)
		}
	}
}

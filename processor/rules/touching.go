package rules

// Touching is the last event of a batch that may have changed what is published
// of an item; without one, the clock reading of the step that did.
type Touching struct {
	Source, TransactionID string
	EffectiveAt           int64 // milliseconds
}

// Touch remembers that a staged decision may have changed what is published.
func (b *Batch) Touch(d *Decision) {
	if d.Entry.Item == "" || !d.Changes() {
		return
	}
	s, err := b.stage(d.Entry.Item)
	if err != nil {
		return // it was staged a moment ago
	}
	s.touched, s.touching = true, Touching{EffectiveAt: d.Entry.Now}
	if d.Event != nil {
		s.touching = Touching{d.Event.Source, d.Event.TransactionID, d.Event.OccurredAt}
	}
}

// Touched visits the items that may have to be published, in the order in which
// the batch came to them.
func (b *Batch) Touched(visit func(name string, why Touching) bool) {
	for _, s := range b.order {
		if s.touched && !visit(s.item.Name, s.touching) {
			return
		}
	}
}

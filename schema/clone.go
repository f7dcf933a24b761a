package schema

import (
	"slices"
	"strings"
)

// Clone returns a copy that shares no memory with the event nor with the
// record that its strings alias.
func (e *Event) Clone() *Event {
	copied := *e
	if e.Reference != nil {
		copied.Reference = e.Reference.clone()
	}
	// One block for all strings: most events hold a dozen short ones.
	total := len(e.Quantity.Unit)
	texts := copied.texts()
	for _, text := range texts {
		total += len(*text)
	}
	block := make([]byte, 0, total)
	block = append(block, e.Quantity.Unit...)
	for _, text := range texts {
		block = append(block, *text...)
	}
	// The strings are cut from the block in the order in which they went in.
	rest := string(block)
	copied.Quantity.Unit, rest = rest[:len(e.Quantity.Unit)], rest[len(e.Quantity.Unit):]
	for _, text := range texts {
		length := len(*text)
		*text, rest = rest[:length], rest[length:]
	}
	return &copied
}

// texts returns every text field but the quantity's unit.
func (e *Event) texts() []*string {
	// From the table of fields: a field added there can't be forgotten here, and a
	// forgotten one would change under its owner's eyes.
	texts := make([]*string, 0, fieldCount)
	for f := range fieldCount {
		spec := &fieldSpecs[f]
		if spec.text != nil && (!spec.reference || e.Reference != nil) {
			texts = append(texts, spec.text(e))
		}
	}
	return texts
}

// clone copies the lists; the text fields are left to the event's clone.
func (r *ReferenceData) clone() *ReferenceData {
	copied := *r
	copied.Units = slices.Clone(r.Units)
	for i := range copied.Units {
		copied.Units[i].Unit = strings.Clone(copied.Units[i].Unit)
	}
	copied.Aliases = slices.Clone(r.Aliases)
	for i, alias := range copied.Aliases {
		copied.Aliases[i] = Alias{strings.Clone(alias.Source), strings.Clone(alias.Code), strings.Clone(alias.Unit)}
	}
	copied.SafetyStock = clonePerLocation(r.SafetyStock)
	copied.LowStockThreshold = clonePerLocation(r.LowStockThreshold)
	copied.SellsTo = cloneNames(r.SellsTo)
	copied.HandOffs = cloneNames(r.HandOffs)
	return &copied
}

// clonePerLocation keeps nil as nil, as slices.Clone does: the clone of an event
// must be equal to it.
func clonePerLocation(settings []PerLocation) []PerLocation {
	copied := slices.Clone(settings)
	for i := range copied {
		copied[i].Location = strings.Clone(copied[i].Location)
	}
	return copied
}

// cloneNames keeps nil as nil.
func cloneNames(names []string) []string {
	copied := slices.Clone(names)
	for i := range copied {
		copied[i] = strings.Clone(copied[i])
	}
	return copied
}

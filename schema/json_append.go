package schema

import (
	"strconv"
	"time"
)

// AppendJSON appends the event's JSON face on one line, without a line feed:
// fields in a stable order, absent ones left out. ParseEvent reads back the
// same event. Bytes that aren't UTF-8 come out as U+FFFD: such an event can
// be shown, and its form is refused anyway.
func AppendJSON(dst []byte, e *Event) []byte {
	// A sequence of 0 is shown too: a line without one would be refused.
	shown := e.present() | setOf(fieldSequence)
	opening := byte('{')
	for _, f := range faceOrder {
		if shown.has(f) {
			dst = append(dst, opening)
			opening = ','
			dst = append(appendText(dst, f.String()), ':')
			dst = e.appendValue(dst, f, false)
		}
	}
	if opening == '{' {
		dst = append(dst, opening)
	}
	return append(dst, '}')
}

// appendValue appends a field's value, for people or in the canonical form: the
// two differ in instants, in integers beyond exactInteger and in the order of
// an object's members.
func (e *Event) appendValue(dst []byte, f field, canonical bool) []byte {
	spec := &fieldSpecs[f]
	switch spec.shape {
	case shapeText:
		return appendText(dst, *spec.text(e))
	case shapeLong:
		return appendLong(dst, *spec.long(e), canonical)
	case shapeInstant:
		if canonical {
			return appendLong(dst, *spec.long(e), true)
		}
		return appendInstant(dst, *spec.long(e))
	case shapeFlag:
		return strconv.AppendBool(dst, *spec.flag(e))
	case shapeName:
		return appendText(dst, e.nameIn(f))
	}
	return e.appendOther(dst, f, canonical)
}

// appendInstant writes RFC 3339, or plain milliseconds for what that can't hold.
func appendInstant(dst []byte, at int64) []byte {
	if at < 1 || at > lastInstant {
		return strconv.AppendInt(dst, at, 10)
	}
	// Whole seconds are written without a fraction, others with just enough.
	dst = append(dst, '"')
	dst = time.UnixMilli(at).UTC().AppendFormat(dst, "2006-01-02T15:04:05.999Z07:00")
	return append(dst, '"')
}

// nameIn is "" for a number that this release has no name for.
func (e *Event) nameIn(f field) string {
	switch f {
	case fieldType:
		return e.Type.String()
	case fieldDemand:
		return e.Demand.String()
	case fieldDisposition:
		return e.Disposition.String()
	case fieldFigure:
		return e.Figure.String()
	}
	if e.Reference != nil {
		return e.Reference.Kind.String()
	}
	return e.Kind.String()
}

// appendOther writes what has a shape of its own.
func (e *Event) appendOther(dst []byte, f field, canonical bool) []byte {
	switch f {
	case fieldQuantity:
		return appendQuantity(dst, e.Quantity, canonical)
	case fieldUnits:
		return appendUnits(dst, e.Reference.Units, canonical)
	case fieldAliases:
		return appendAliases(dst, e.Reference.Aliases)
	case fieldSafetyStock:
		return appendPerLocation(dst, e.Reference.SafetyStock, canonical)
	case fieldLowStockThreshold:
		return appendPerLocation(dst, e.Reference.LowStockThreshold, canonical)
	case fieldSellsTo:
		return appendNames(dst, e.Reference.SellsTo)
	}
	return appendNames(dst, e.Reference.HandOffs)
}

// appendQuantity writes the parts in the order of their names, which suits the
// canonical form and reads well enough.
func appendQuantity(dst []byte, quantity Quantity, canonical bool) []byte {
	dst = append(dst, `{"scale":`...)
	dst = strconv.AppendInt(dst, int64(quantity.Scale), 10)
	if quantity.Unit != "" {
		dst = append(dst, `,"unit":`...)
		dst = appendText(dst, quantity.Unit)
	}
	dst = append(dst, `,"value":`...)
	return append(appendLong(dst, quantity.Value, canonical), '}')
}

// appendUnits writes {"XCS":[12,1]}.
func appendUnits(dst []byte, units []UnitRatio, canonical bool) []byte {
	if canonical {
		units = inCodeUnits(units, func(ratio UnitRatio) string { return ratio.Unit })
	}
	dst = append(dst, '{')
	for i, ratio := range units {
		dst = appendComma(dst, i)
		dst = append(appendText(dst, ratio.Unit), ":["...)
		dst = append(appendLong(dst, ratio.Numerator, canonical), ',')
		dst = append(appendLong(dst, ratio.Denominator, canonical), ']')
	}
	return append(dst, '}')
}

// appendAliases writes objects, also for what may be written as a text: one form
// is enough to read.
func appendAliases(dst []byte, aliases []Alias) []byte {
	dst = append(dst, '[')
	for i, alias := range aliases {
		dst = appendComma(dst, i)
		dst = appendText(append(dst, `{"code":`...), alias.Code)
		dst = appendText(append(dst, `,"source":`...), alias.Source)
		if alias.Unit != "" {
			dst = appendText(append(dst, `,"unit":`...), alias.Unit)
		}
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// appendPerLocation writes {"*":2,"DC1":5}, also for a number that holds for each
// location: the event doesn't keep which of the two was sent, since they mean the same.
func appendPerLocation(dst []byte, settings []PerLocation, canonical bool) []byte {
	if canonical {
		settings = inCodeUnits(settings, func(setting PerLocation) string { return setting.Location })
	}
	dst = append(dst, '{')
	for i, setting := range settings {
		dst = appendComma(dst, i)
		dst = append(appendText(dst, setting.Location), ':')
		dst = appendLong(dst, setting.Units, canonical)
	}
	return append(dst, '}')
}

// appendNames writes ["shop","web"].
func appendNames(dst []byte, names []string) []byte {
	dst = append(dst, '[')
	for i, name := range names {
		dst = appendText(appendComma(dst, i), name)
	}
	return append(dst, ']')
}

// appendComma parts an item from the one before it.
func appendComma(dst []byte, index int) []byte {
	if index > 0 {
		return append(dst, ',')
	}
	return dst
}

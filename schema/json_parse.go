package schema

import (
	"errors"
	"time"
)

// Delivery holds the facts of one delivery that a line may state. They are no
// content of the event: two deliveries of one event may differ in them.
type Delivery struct {
	LoggedAt    int64 // log-append time, milliseconds; meaningful only when HasLoggedAt
	HasLoggedAt bool
	Key         string // of the record; meaningful only when HasKey
	HasKey      bool
}

// The two fields of a line that aren't the event's.
const (
	nameLoggedAt = "logged_at"
	nameKey      = "key"
)

var (
	errNotText   = errors.New("must be a string")
	errNotObject = errors.New("must be an object")
	errNotList   = errors.New("must be a list")
	errNotLong   = errors.New("must be an integer of 64 bits, written without a fraction or an exponent")
	errNull      = errors.New("must not be null: leave it out where nothing is meant")
	errTwice     = errors.New("stands there twice")
)

// ParseEvent reads the JSON face of one event. The strings of the event are
// copies. A null or an empty string is an absent field. The event is as sent:
// its form is for Validate to check. Errors are *FieldError.
func ParseEvent(text []byte) (*Event, Delivery, error) {
	if err := checkJSON(text); err != nil {
		return nil, Delivery{}, err
	}
	text = skipSpace(text)
	if text[0] != '{' {
		return nil, Delivery{}, invalid("", "write one JSON object a line", "isn't an object")
	}
	p := parser{event: &Event{}}
	if err := eachMember(text, p.collect); err != nil {
		return nil, Delivery{}, err
	}
	if err := p.readType(); err != nil {
		return nil, Delivery{}, err
	}
	for f := range fieldCount {
		if value := p.values[f]; value != nil {
			if err := p.read(f, value); err != nil {
				return nil, Delivery{}, fieldProblem(f.String(), err)
			}
		}
	}
	// Once in the event, a stated 0 and an absent number are the same: only here
	// can a count without its sequence be told from one through sequence 0.
	if missing := forms[p.event.Type].required & zeroIsValue &^ p.stated; missing != 0 {
		return nil, Delivery{}, invalid(missing.first().String(), "", "is missing: %s needs it", p.event.Type)
	}
	return p.event, p.delivery, nil
}

// parser holds one line's values until its type is known.
type parser struct {
	event    *Event
	delivery Delivery
	values   [fieldCount][]byte // as written; nil: the line doesn't hold the field
	stated   fieldSet           // the fields read, without those that were null
}

// fieldProblem puts the field's name to a problem that doesn't know it. No
// problem stays none.
func fieldProblem(name string, err error) error {
	var known *FieldError
	if err == nil || errors.As(err, &known) {
		return err
	}
	return invalid(name, "", "%v", err)
}

// collect keeps a member until the type is known: members come in any order, and
// what kind means depends on the type.
func (p *parser) collect(name string, value []byte) error {
	switch name {
	case nameLoggedAt:
		return fieldProblem(name, p.readLoggedAt(value))
	case nameKey:
		return fieldProblem(name, p.readKey(value))
	}
	f, known := fieldNamed(name)
	switch {
	case !known:
		return invalid(name, "leave it out", "isn't a field of any event")
	case p.values[f] != nil:
		return invalid(name, "", "%v", errTwice)
	}
	p.values[f] = value
	return nil
}

// readLoggedAt reads the log-append time that a replay gives to the record.
func (p *parser) readLoggedAt(value []byte) (err error) {
	if p.delivery.HasLoggedAt {
		return errTwice
	}
	p.delivery.HasLoggedAt = true
	p.delivery.LoggedAt, err = readInstant(value)
	return err
}

// readKey reads the record's key, which may be empty and still be one.
func (p *parser) readKey(value []byte) (err error) {
	if p.delivery.HasKey {
		return errTwice
	}
	p.delivery.HasKey = true
	p.delivery.Key, err = unquote(value)
	return err
}

// readType comes first: it decides whether there are reference data.
func (p *parser) readType() error {
	if p.values[fieldType] == nil {
		return invalid("type", "", "is missing")
	}
	name, err := unquote(p.values[fieldType])
	if err != nil {
		return fieldProblem("type", err)
	}
	kind, known := ParseType(name)
	if !known {
		return invalid("type", "send one of the contract's types", "%q isn't a type of event", name)
	}
	p.event.Type = kind
	if kind.IsReference() {
		p.event.Reference = &ReferenceData{}
	}
	return nil
}

// read puts a value into the event, by the field's shape.
func (p *parser) read(f field, value []byte) (err error) {
	spec := &fieldSpecs[f]
	if spec.reference && p.event.Reference == nil {
		return invalid(spec.name, "leave it out", "isn't a field of %s", p.event.Type)
	}
	if isNull(value) {
		// A whole line would be cancelled because some number was missing.
		if f == fieldQuantity {
			return errNull
		}
		return nil
	}
	p.stated |= 1 << f
	switch spec.shape {
	case shapeText:
		*spec.text(p.event), err = unquote(value)
	case shapeLong:
		return p.readLong(f, value)
	case shapeInstant:
		*spec.long(p.event), err = readInstant(value)
	case shapeFlag:
		*spec.flag(p.event), err = readFlag(value)
	case shapeName:
		return p.readName(f, value)
	default:
		return p.readOther(f, value)
	}
	return err
}

// readLong refuses the one integer that the event can't hold.
func (p *parser) readLong(f field, value []byte) error {
	number, ok := readLong(value)
	if !ok {
		return errNotLong
	}
	// The event's 0 means the default, 1: a stated 0 would silently become it.
	if f == fieldFirstSequence && number == 0 {
		return errors.New("must be at least 1")
	}
	*fieldSpecs[f].long(p.event) = number
	return nil
}

// readFlag takes JSON's own words, not yes, 1 or TRUE: guessing at contiguous or
// withdrawn would be worse than asking.
func readFlag(value []byte) (bool, error) {
	switch string(value) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, errors.New("must be true or false")
}

// readInstant takes integer milliseconds or RFC 3339; what is finer than a
// millisecond is cut off. 0 is refused: in an event it means absent.
func readInstant(value []byte) (int64, error) {
	at, ok := readLong(value)
	if text, err := unquote(value); err == nil {
		instant, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return 0, errors.New("must be RFC 3339, as 2026-11-02T08:30:00Z, or integer milliseconds since 1970 UTC")
		}
		at, ok = instant.UnixMilli(), true
	}
	if !ok {
		return 0, errors.New("must be RFC 3339 or integer milliseconds since 1970 UTC")
	}
	if at == 0 {
		return 0, errors.New("must be after the first instant of 1970")
	}
	return at, nil
}

package model

import (
	"fmt"
	"strconv"
	"strings"

	"driftless/schema"
)

// Parse reads a set in the notation of Set.String, with the default settings.
// Empty lines and lines that begin with # are passed over and not numbered.
// Without a line for now, it is the highest log-append time of the set.
func Parse(text string) (Set, error) {
	set := Set{Model: New()}
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if words[0] == "now" && len(words) == 2 {
			now, err := parseTime(words[1])
			if err != nil {
				return set, err
			}
			set.Now = now
			continue
		}
		sent, err := parseSent(words, set.Events)
		if err != nil {
			return set, fmt.Errorf("%q: %w", strings.TrimSpace(line), err)
		}
		set.Events = append(set.Events, sent)
	}
	if set.Now == 0 {
		for _, sent := range set.Events {
			set.Now = max(set.Now, sent.LoggedAt)
		}
	}
	return set, nil
}

func parseSent(words []string, earlier []Sent) (Sent, error) {
	if len(words) < 5 {
		return Sent{}, fmt.Errorf("write type, source, transaction id, sequence and time first")
	}
	kind, known := schema.ParseType(words[0])
	if !known {
		return Sent{}, fmt.Errorf("unknown type %q", words[0])
	}
	e := &schema.Event{Type: kind, Source: strings.TrimPrefix(words[1], "-"), TransactionID: strings.TrimPrefix(words[2], "-")}
	if kind.IsReference() {
		e.Reference = &schema.ReferenceData{}
	}
	var err error
	if e.Sequence, err = strconv.ParseInt(words[3], 10, 64); err != nil {
		return Sent{}, fmt.Errorf("sequence: %w", err)
	}
	if e.OccurredAt, err = parseTime(words[4]); err != nil {
		return Sent{}, err
	}
	sent := Sent{Event: e, LoggedAt: e.OccurredAt}
	for _, word := range words[5:] {
		name, value, _ := strings.Cut(word, "=")
		if name == "mends" && strings.HasPrefix(value, "^") {
			line, err := strconv.Atoi(value[1:])
			if err != nil || line < 1 || line > len(earlier) {
				return sent, fmt.Errorf("mends: no line %q above", value)
			}
			value = digestOf(earlier[line-1].Event)
		}
		if err := sent.set(name, value); err != nil {
			return sent, fmt.Errorf("%s: %w", name, err)
		}
	}
	return sent, nil
}

// set gives one field its value.
func (s *Sent) set(name, value string) (err error) {
	if field := textFields(s.Event)[name]; field != nil {
		*field = value
		return nil
	}
	if field := numberFields(s.Event)[name]; field != nil {
		*field, err = strconv.ParseInt(value, 10, 64)
		return err
	}
	if field := timeFields(s.Event)[name]; field != nil {
		*field, err = parseTime(value)
		return err
	}
	return s.setOther(name, value)
}

func (s *Sent) setOther(name, value string) (err error) {
	e := s.Event
	known := true
	switch name {
	case "quantity":
		e.HasQuantity = true
		e.Quantity, err = parseQuantity(value)
	case "logged_at":
		s.LoggedAt, err = parseTime(value)
	case "again":
		for part := range strings.SplitSeq(value, ",") {
			at, problem := parseTime(part)
			if problem != nil {
				return problem
			}
			s.Again = append(s.Again, at)
		}
	case "key":
		s.Key = value
	case "demand":
		e.Demand, known = schema.ParseDemand(value)
	case "disposition":
		e.Disposition, known = schema.ParseDisposition(value)
	case "figure":
		e.Figure, known = schema.ParseFigure(value)
	default:
		return setReference(e, name, value)
	}
	if !known {
		return fmt.Errorf("unknown name %q", value)
	}
	return err
}

// setReference gives a field of reference data its value, or the kind of a
// reservation, which bears the same name as the kind of a source.
func setReference(e *schema.Event, name, value string) error {
	var known bool
	switch r := e.Reference; {
	case r == nil && name == "kind":
		e.Kind, known = schema.ParseReservationKind(value)
	case r == nil:
		return fmt.Errorf("no such field")
	case name == "kind":
		r.Kind, known = schema.ParseSourceKind(value)
	default:
		return setList(r, name, value)
	}
	if !known {
		return fmt.Errorf("unknown name %q", value)
	}
	return nil
}

// setList gives a list or a flag of reference data its value.
func setList(r *schema.ReferenceData, name, value string) error {
	switch name {
	case "contiguous":
		r.Contiguous = value == "true"
	case "withdrawn":
		r.Withdrawn = value == "true"
	case "units":
		for part := range strings.SplitSeq(value, ",") {
			unit, ratio, _ := strings.Cut(part, ":")
			entry := schema.UnitRatio{Unit: unit}
			if _, err := fmt.Sscanf(ratio, "%d/%d", &entry.Numerator, &entry.Denominator); err != nil {
				return err
			}
			r.Units = append(r.Units, entry)
		}
	case "aliases":
		for part := range strings.SplitSeq(value, ",") {
			words := append(strings.Split(part, "|"), "", "")
			r.Aliases = append(r.Aliases, schema.Alias{Source: words[0], Code: words[1], Unit: words[2]})
		}
	default:
		return fmt.Errorf("no such field")
	}
	return nil
}

func parseQuantity(text string) (q schema.Quantity, err error) {
	text, q.Unit, _ = strings.Cut(text, ":")
	whole, places, _ := strings.Cut(text, ".")
	q.Scale = int32(len(places))
	q.Value, err = strconv.ParseInt(whole+places, 10, 64)
	return q, err
}

// parseTime reads what formatTime writes.
func parseTime(text string) (int64, error) {
	days, rest, found := strings.Cut(text, "d")
	if !found {
		days, rest = "0", text
	}
	day, err := strconv.ParseInt(days, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("time %q: write days and milliseconds as in 30d-1: %w", text, err)
	}
	if rest == "" {
		return Start + day*Day, nil
	}
	offset, err := strconv.ParseInt(rest, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("time %q: write days and milliseconds as in 30d-1: %w", text, err)
	}
	return Start + day*Day + offset, nil
}

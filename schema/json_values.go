package schema

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// readName takes an empty name for an absent one, as the other texts are.
func (p *parser) readName(f field, value []byte) error {
	name, err := unquote(value)
	if err != nil || name == "" {
		return err
	}
	known := true
	switch f {
	case fieldDemand:
		p.event.Demand, known = ParseDemand(name)
	case fieldDisposition:
		p.event.Disposition, known = ParseDisposition(name)
	case fieldFigure:
		p.event.Figure, known = ParseFigure(name)
	case fieldKind:
		if p.event.Reference != nil {
			p.event.Reference.Kind, known = ParseSourceKind(name)
		} else {
			p.event.Kind, known = ParseReservationKind(name)
		}
	}
	if !known {
		return fmt.Errorf("%q isn't one of its names", name)
	}
	return nil
}

// readOther reads what has a shape of its own. A shape that names its parts in
// errors returns a FieldError; the others leave the name to the caller.
func (p *parser) readOther(f field, value []byte) (err error) {
	reference := p.event.Reference
	switch f {
	case fieldQuantity:
		p.event.HasQuantity = true
		p.event.Quantity, err = readQuantity(value)
	case fieldUnits:
		reference.Units, err = readUnits(value)
	case fieldAliases:
		reference.Aliases, err = readAliases(value, p.event.Type == LocationConfigured)
	case fieldSafetyStock:
		reference.SafetyStock, err = readPerLocation("safety_stock", value)
	case fieldLowStockThreshold:
		reference.LowStockThreshold, err = readPerLocation("low_stock_threshold", value)
	case fieldSellsTo:
		reference.SellsTo, err = readNames(value)
	case fieldHandOffs:
		reference.HandOffs, err = readNames(value)
	}
	return err
}

// readQuantity takes {"value": 25, "scale": 1, "unit": "XCS"} or "2.5 XCS". A
// bare number is refused: whoever writes one may have computed it in floating
// point.
func readQuantity(value []byte) (Quantity, error) {
	switch value[0] {
	case '{':
		return readQuantityObject(value)
	case '"':
		text, err := unquote(value)
		if err != nil {
			return Quantity{}, err
		}
		return ParseQuantity(text)
	}
	return Quantity{}, errors.New(`must be an object or a text such as "2.5 XCS"`)
}

// readQuantityObject needs the value alone: no scale is 0, no unit is the code's.
func readQuantityObject(value []byte) (quantity Quantity, err error) {
	stated := map[string]bool{}
	err = eachMember(value, func(name string, value []byte) error {
		full := "quantity." + name
		if stated[name] {
			return invalid(full, "", "%v", errTwice)
		}
		stated[name] = true
		switch name {
		case "value":
			number, ok := readLong(value)
			if !ok {
				return invalid(full, "", "%v", errNotLong)
			}
			quantity.Value = number
		case "scale":
			number, ok := readLong(value)
			if !ok || number < math.MinInt32 || number > math.MaxInt32 {
				return invalid(full, "", "must be an integer from 0 to %d", MaxScale)
			}
			quantity.Scale = int32(number)
		case "unit":
			unit, err := unquote(value)
			if err != nil {
				return fieldProblem(full, err)
			}
			quantity.Unit = unit
		default:
			return invalid(full, "leave it out", "isn't a part of a quantity")
		}
		return nil
	})
	if err == nil && !stated["value"] {
		err = invalid("quantity.value", "", "is missing")
	}
	return quantity, err
}

// ParseQuantity reads a quantity as people write it: "12", "2.5 XCS", "-3 KGM".
// The scale is the number of decimal places written, "2.50" has two.
func ParseQuantity(text string) (Quantity, error) {
	// The first space parts number and unit; a unit may hold more of them, but
	// none at its ends, where nobody would see it.
	number, unit, spaced := strings.Cut(text, " ")
	digits, places, pointed := strings.Cut(number, ".")
	if spaced && strings.TrimSpace(unit) != unit || spaced && unit == "" || pointed && places == "" {
		return Quantity{}, errQuantityText(text)
	}
	if !isDigits(strings.TrimPrefix(digits, "-")) || pointed && !isDigits(places) {
		return Quantity{}, errQuantityText(text)
	}
	// The point is left out and the places are counted: exact whatever the size,
	// where parsing a fraction would not be.
	value, err := strconv.ParseInt(digits+places, 10, 64)
	if err != nil {
		return Quantity{}, fmt.Errorf("%q doesn't fit 64 bits", text)
	}
	return Quantity{Value: value, Scale: int32(len(places)), Unit: unit}, nil
}

// errQuantityText shows the form instead of describing it.
func errQuantityText(text string) error {
	return fmt.Errorf(`%q isn't a decimal number and a unit, such as "2.5 XCS"`, text)
}

// isDigits takes ASCII only, and at least one.
func isDigits(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

// readUnits sorts, so that the order in the file is no content, and then finds
// what stands there twice: of two ratios neither may win.
func readUnits(value []byte) (units []UnitRatio, err error) {
	if value[0] != '{' {
		return nil, errNotObject
	}
	err = eachMember(value, func(unit string, value []byte) error {
		ratio := UnitRatio{Unit: unit}
		parts := []*int64{&ratio.Numerator, &ratio.Denominator}
		if err := readPair(value, parts); err != nil {
			return fieldProblem("units."+unit, err)
		}
		units = append(units, ratio)
		return nil
	})
	// An error within leaves the list as far as it came; it is dropped with it.
	sortUnits(units)
	for i := 1; i < len(units); i++ {
		if units[i].Unit == units[i-1].Unit {
			return nil, invalid("units."+units[i].Unit, "", "%v", errTwice)
		}
	}
	return units, err
}

// readPair fills the parts in their order and wants exactly as many.
func readPair(value []byte, parts []*int64) error {
	// A pair and not a decimal: one third has no other exact form.
	problem := errors.New("must be two integers: base units, and how many of the unit hold them, as [12, 1]")
	if value[0] != '[' {
		return problem
	}
	err := eachElement(value, func(value []byte) error {
		if len(parts) == 0 {
			return problem
		}
		number, ok := readLong(value)
		if !ok {
			return errNotLong
		}
		*parts[0], parts = number, parts[1:]
		return nil
	})
	if err == nil && len(parts) != 0 {
		err = problem
	}
	return err
}

// readPerLocation takes {"DC1": 5, "*": 2}, or a number that holds for each
// location. A 0 for every location is the default, and so absent.
func readPerLocation(field string, value []byte) (settings []PerLocation, err error) {
	if number, ok := readLong(value); ok {
		settings = []PerLocation{{Location: Network, Units: number}}
		return dropDefault(settings), nil
	}
	if value[0] != '{' {
		return nil, errors.New(`must be an integer, or an object such as {"DC1": 5, "*": 2}`)
	}
	err = eachMember(value, func(location string, value []byte) error {
		number, ok := readLong(value)
		if !ok {
			return invalid(field+"."+location, "", "%v", errNotLong)
		}
		settings = append(settings, PerLocation{Location: location, Units: number})
		return nil
	})
	sortPerLocation(settings)
	for i := 1; i < len(settings); i++ {
		if settings[i].Location == settings[i-1].Location {
			return nil, invalid(field+"."+settings[i].Location, "", "%v", errTwice)
		}
	}
	return dropDefault(settings), err
}

// dropDefault leaves out the 0 for every location, and nil where nothing is left:
// spelled out or not, it is one content.
func dropDefault(settings []PerLocation) []PerLocation {
	kept := slices.DeleteFunc(settings, func(s PerLocation) bool { return s == PerLocation{Location: Network} })
	if len(kept) == 0 {
		return nil
	}
	return kept
}

// readNames refuses an empty list: absent means all, and [] reads as none.
func readNames(value []byte) (names []string, err error) {
	if value[0] != '[' {
		return nil, errNotList
	}
	err = eachElement(value, func(value []byte) error {
		name, err := unquote(value)
		names = append(names, name)
		return err
	})
	if err == nil && len(names) == 0 {
		err = errors.New("must not be an empty list: leave it out to mean all")
	}
	slices.Sort(names)
	return names, err
}

// readAliases takes objects; a location's alias may be a text, which holds for
// every source.
func readAliases(value []byte, texts bool) (aliases []Alias, err error) {
	if value[0] != '[' {
		return nil, errNotList
	}
	err = eachElement(value, func(value []byte) error {
		if texts && value[0] == '"' {
			code, err := unquote(value)
			aliases = append(aliases, Alias{Source: Network, Code: code})
			return err
		}
		alias, err := readAlias(value)
		aliases = append(aliases, alias)
		return err
	})
	sortAliases(aliases)
	return aliases, err
}

// readAlias wants nothing but the three parts; that source and code are there,
// Validate sees to.
func readAlias(value []byte) (alias Alias, err error) {
	if value[0] != '{' {
		return alias, errNotObject
	}
	stated := map[string]bool{}
	err = eachMember(value, func(name string, value []byte) error {
		// A unit here is what one scan of the code stands for: a case's code isn't
		// one piece.
		parts := map[string]*string{"source": &alias.Source, "code": &alias.Code, "unit": &alias.Unit}
		part := parts[name]
		if part == nil || stated[name] {
			return invalid("aliases."+name, "", "isn't a part of an alias, or stands there twice")
		}
		stated[name] = true
		text, err := unquote(value)
		if err != nil {
			return fieldProblem("aliases."+name, err)
		}
		*part = text
		return nil
	})
	return alias, err
}

// sortUnits, sortAliases and sortPerLocation give lists the order of content, on
// every way into an event.
func sortUnits(units []UnitRatio) {
	slices.SortFunc(units, func(a, b UnitRatio) int { return cmp.Compare(a.Unit, b.Unit) })
}

func sortAliases(aliases []Alias) {
	slices.SortFunc(aliases, func(a, b Alias) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Unit, b.Unit))
	})
}

func sortPerLocation(settings []PerLocation) {
	slices.SortFunc(settings, func(a, b PerLocation) int { return cmp.Compare(a.Location, b.Location) })
}

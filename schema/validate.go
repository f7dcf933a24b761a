package schema

import "strings"

// The names that the output gives to the whole network and to what names no
// location: nothing else may be called so.
const (
	Network    = "*"
	Unassigned = "unassigned"
)

// lastInstant is the last millisecond of the year 9999, the last that RFC 3339
// can write.
const lastInstant = 253402300799999

// Limits bound what one event may hold. A field that is 0 stands for that of
// DefaultLimits.
type Limits struct {
	IDBytes   int // each identifier, code, name and unit
	TextBytes int // free text: reason
	Units     int // units of an item
	Aliases   int // aliases of an item or a location
	Locations int // locations named by safety_stock and by low_stock_threshold
	Names     int // sells_to, hand_offs
}

// DefaultLimits returns the limits that hold where none are set.
func DefaultLimits() Limits {
	return Limits{IDBytes: 128, TextBytes: 256, Units: 64, Aliases: 256, Locations: 1024, Names: 256}
}

// orDefault fills in what isn't set, field by field.
func (l Limits) orDefault() Limits {
	standard := DefaultLimits()
	for _, limit := range []struct{ set, standard *int }{
		{&l.IDBytes, &standard.IDBytes}, {&l.TextBytes, &standard.TextBytes}, {&l.Units, &standard.Units},
		{&l.Aliases, &standard.Aliases}, {&l.Locations, &standard.Locations}, {&l.Names, &standard.Names},
	} {
		if *limit.set == 0 {
			*limit.set = *limit.standard
		}
	}
	return l
}

// Validate checks the event's form: all that can be judged without any other
// event and without reference data. Its error is a *FieldError, for the first
// thing found. It doesn't resolve codes and doesn't judge ages, sources or
// owners.
func (e *Event) Validate(limits Limits) error {
	limits = limits.orDefault()
	if e.shapeType() == UnknownType {
		return invalid("type", "send one of the contract's types", "is missing or unknown")
	}
	if e.Type.IsReference() != (e.Reference != nil) {
		return invalid("type", "send reference data as ReferenceEvent, all else as InventoryEvent",
			"%s must carry reference data if it is of that kind, and only then", e.Type)
	}
	// From what is cheap and general to what is particular: the first refusal is
	// the one that its sender reads, and it should be the plainest.
	present := e.present()
	if err := e.checkFields(present); err != nil {
		return err
	}
	if err := e.checkNames(present); err != nil {
		return err
	}
	if err := e.checkTexts(present, limits); err != nil {
		return err
	}
	if err := e.checkNumbers(present); err != nil {
		return err
	}
	if err := e.checkQuantity(limits); err != nil {
		return err
	}
	if err := e.checkPlaces(); err != nil {
		return err
	}
	if e.Reference != nil {
		return e.checkReference(limits)
	}
	return nil
}

// checkFields judges which fields are there. What is surplus is refused rather than
// passed over: it shows that its sender means another type.
func (e *Event) checkFields(present fieldSet) error {
	form := forms[e.Type]
	if missing := form.required &^ present; missing != 0 {
		return invalid(missing.first().String(), "", "is missing: %s needs it", e.Type)
	}
	if surplus := present &^ (form.required | form.optional); surplus != 0 {
		return invalid(surplus.first().String(), "leave it out", "isn't a field of %s", e.Type)
	}
	// A quantity without its flag would turn a partial cancellation into one
	// of the whole line.
	if !e.HasQuantity && e.Quantity != (Quantity{}) {
		return &FieldError{Field: "quantity", Reason: ReasonInvalidQuantity,
			Problem: "has parts but isn't marked as present", Mend: "set has_quantity"}
	}
	return nil
}

// checkNames refuses what a newer writer sent by a name that this release
// doesn't know: taking it for the default would be a guess.
func (e *Event) checkNames(present fieldSet) error {
	for _, f := range [...]field{fieldDemand, fieldDisposition, fieldFigure, fieldKind} {
		if present.has(f) && e.nameIn(f) == "" {
			return invalid(f.String(), "upgrade this system, then send it again", "has a name that this release doesn't know")
		}
	}
	return nil
}

// checkTexts bounds every text, since each becomes part of keys, rows and entries.
func (e *Event) checkTexts(present fieldSet, limits Limits) error {
	for left := present & textFields; left != 0; left &= left - 1 {
		f, limit := left.first(), limits.IDBytes
		if f == fieldReason {
			limit = limits.TextBytes
		}
		if err := checkText(f.String(), *fieldSpecs[f].text(e), limit); err != nil {
			return err
		}
	}
	if e.Mends != "" && !isDigest(e.Mends) {
		return invalid("mends", "copy it from the dead letter", "isn't a digest of 64 hexadecimal digits in lower case")
	}
	return nil
}

// checkNumbers judges sequences and instants. An optional instant that is absent is
// 0 and isn't present, so what is present must be real.
func (e *Event) checkNumbers(present fieldSet) error {
	for left := present & longFields; left != 0; left &= left - 1 {
		if f := left.first(); *fieldSpecs[f].long(e) < 0 {
			return invalid(f.String(), "", "must not be negative")
		}
	}
	for left := present & instantFields; left != 0; left &= left - 1 {
		f := left.first()
		if at := *fieldSpecs[f].long(e); at < 1 || at > lastInstant {
			return invalid(f.String(), "send milliseconds since 1970 UTC", "must lie between the years 1970 and 9999")
		}
	}
	if e.Through > e.Sequence {
		return invalid("through", "", "%d is above the count's own sequence %d", e.Through, e.Sequence)
	}
	return nil
}

// checkQuantity judges value, scale and unit; whether it is whole base units only
// the item's unit table tells. Only an adjustment says by its sign which way it goes.
func (e *Event) checkQuantity(limits Limits) error {
	problem := ""
	switch {
	case e.Quantity.Scale < 0 || e.Quantity.Scale > MaxScale:
		problem = "has a scale outside 0 to 18"
	case e.Quantity.Value < 0 && e.Type != StockAdjusted:
		problem = "must not be negative: only StockAdjusted may be"
	}
	if problem != "" {
		return &FieldError{Field: "quantity", Problem: problem, Reason: ReasonInvalidQuantity}
	}
	return checkText("quantity.unit", e.Quantity.Unit, limits.IDBytes)
}

// checkPlaces judges what names items and locations.
func (e *Event) checkPlaces() error {
	for _, named := range [...]struct{ field, code string }{
		{"item", e.Item}, {"location", e.Location}, {"substitutes", e.Substitutes},
	} {
		if named.code == Network && named.field == "location" && e.Type == SystemSnapshot {
			continue // a snapshot may state the network's figure
		}
		if named.code == Network || named.code == Unassigned {
			return invalid(named.field, "give it another name", "must not be %q, which the output uses itself", named.code)
		}
		if err := checkCode(named.field, named.code); err != nil {
			return err
		}
	}
	if e.Substitutes != "" && e.Substitutes == e.Item {
		return invalid("substitutes", "leave it out", "names the item itself")
	}
	return nil
}

// checkOwnName judges a SKU or a location's name where it is defined. The
// output's key joins the two with a bar.
func checkOwnName(field, name, prefix string) error {
	if strings.Contains(name, "|") {
		return invalid(field, "give it another name", "must not hold a bar, which parts the output's keys")
	}
	if strings.HasPrefix(name, prefix) {
		return invalid(field, "make the code an alias", "must be a name of its own, not a code with %q", prefix)
	}
	return nil
}

package schema

import "slices"

// handOffNames are those of the contract's table of hand-offs.
var handOffNames = [...]string{"receipt", "adjustment", "transfer", "order", "cancellation",
	"release", "shipment", "confirmation", "availability"}

// NoHandOffs, alone in ReferenceData.HandOffs, says that a source takes part
// in none: an empty list means all that its kind has.
const NoHandOffs = "none"

// checkReference judges what the five kinds hold beyond their fields' presence.
func (e *Event) checkReference(limits Limits) error {
	switch e.Type {
	case ItemConfigured:
		return e.checkItem(limits)
	case LocationConfigured:
		if err := checkOwnName("location", e.Location, glnPrefix); err != nil {
			return err
		}
		if err := checkAliases(e.Reference.Aliases, limits); err != nil {
			return err
		}
		return checkNames("sells_to", e.Reference.SellsTo, limits)
	case SourceConfigured:
		return e.Reference.checkSource(limits)
	case ChannelConfigured:
		return checkLocationName("default_location", e.Reference.DefaultLocation)
	case GapWaived:
		if e.Reference.From > e.Reference.To {
			return invalid("from", "", "%d is above to, %d", e.Reference.From, e.Reference.To)
		}
	}
	return nil
}

// checkItem judges an item's version by itself; that its base unit is the first
// version's is for those to judge who know that one.
func (e *Event) checkItem(limits Limits) error {
	if err := checkOwnName("item", e.Item, gtinPrefix); err != nil {
		return err
	}
	if err := e.Reference.checkUnits(limits); err != nil {
		return err
	}
	if err := checkAliases(e.Reference.Aliases, limits); err != nil {
		return err
	}
	if err := checkPerLocation("safety_stock", e.Reference.SafetyStock, limits); err != nil {
		return err
	}
	return checkPerLocation("low_stock_threshold", e.Reference.LowStockThreshold, limits)
}

// checkUnits relies on the order by unit to find what stands there twice.
func (r *ReferenceData) checkUnits(limits Limits) error {
	if len(r.Units) > limits.Units {
		return invalid("units", "", "are %d, more than %d", len(r.Units), limits.Units)
	}
	// The number is checked before the list is walked: a bound on work as well.
	for i, ratio := range r.Units {
		field := "units." + ratio.Unit
		if err := checkName("units", ratio.Unit, limits); err != nil {
			return err
		}
		if i > 0 && r.Units[i-1].Unit == ratio.Unit {
			return invalid(field, "", "stands there twice")
		}
		if ratio.Numerator <= 0 || ratio.Denominator <= 0 {
			return invalid(field, "", "must be two positive integers: base units, and how many of the unit hold them")
		}
		// Were a base unit two base units, every quantity would be doubled or not,
		// by whether its unit was written out.
		if ratio.Unit == r.BaseUnit && ratio.Numerator != ratio.Denominator {
			return invalid(field, "leave it out", "is the base unit and must be 1 to 1")
		}
	}
	return nil
}

// checkAliases lets one code belong to several sources, and to each only once: two
// units for one code would leave open what a scan means.
func checkAliases(aliases []Alias, limits Limits) error {
	if len(aliases) > limits.Aliases {
		return invalid("aliases", "", "are %d, more than %d", len(aliases), limits.Aliases)
	}
	for i, alias := range aliases {
		if err := checkName("aliases.source", alias.Source, limits); err != nil {
			return err
		}
		if err := checkName("aliases.code", alias.Code, limits); err != nil {
			return err
		}
		if err := checkText("aliases.unit", alias.Unit, limits.IDBytes); err != nil {
			return err
		}
		if err := checkCode("aliases.code", alias.Code); err != nil {
			return err
		}
		if i > 0 && aliases[i-1].Source == alias.Source && aliases[i-1].Code == alias.Code {
			return invalid("aliases.code", "", "%q of source %q stands there twice", alias.Code, alias.Source)
		}
	}
	return nil
}

// checkPerLocation bounds settings as it bounds movements: they are subtracted from
// sums that must not wrap.
func checkPerLocation(field string, settings []PerLocation, limits Limits) error {
	if len(settings) > limits.Locations {
		return invalid(field, "", "names %d locations, more than %d", len(settings), limits.Locations)
	}
	for i, setting := range settings {
		if err := checkName(field, setting.Location, limits); err != nil {
			return err
		}
		field := field + "." + setting.Location
		// Here, and only here, * names something: every location not named.
		if setting.Location != Network {
			if err := checkLocationName(field, setting.Location); err != nil {
				return err
			}
		}
		if i > 0 && settings[i-1].Location == setting.Location {
			return invalid(field, "", "stands there twice")
		}
		if setting.Units < 0 || setting.Units > MaxUnits {
			return &FieldError{Field: field, Reason: ReasonInvalidQuantity, Problem: "must lie between 0 and 10^12 base units"}
		}
	}
	return nil
}

// checkSource keeps a source from taking a name that means something else.
func (r *ReferenceData) checkSource(limits Limits) error {
	if r.Name == ReferenceSource {
		return invalid("name", "give it another name", "must not be %q, which reference data come from", r.Name)
	}
	if r.Name == Network {
		return invalid("name", "give it another name", "must not be %q, which stands for every source", r.Name)
	}
	// A misspelt hand-off would be off without anyone having said so.
	for _, name := range r.HandOffs {
		if !slices.Contains(handOffNames[:], name) && (name != NoHandOffs || len(r.HandOffs) != 1) {
			return invalid("hand_offs", "name the contract's hand-offs, or none alone", "%q isn't one", name)
		}
	}
	return checkNames("hand_offs", r.HandOffs, limits)
}

// checkNames judges a sorted list of names.
func checkNames(field string, names []string, limits Limits) error {
	if len(names) > limits.Names {
		return invalid(field, "", "are %d, more than %d", len(names), limits.Names)
	}
	for i, name := range names {
		if err := checkName(field, name, limits); err != nil {
			return err
		}
		if i > 0 && names[i-1] == name {
			return invalid(field, "", "holds %q twice", name)
		}
	}
	return nil
}

// checkName is checkText for what must not be empty.
func checkName(field, name string, limits Limits) error {
	if name == "" {
		return invalid(field, "", "must not be empty")
	}
	return checkText(field, name, limits.IDBytes)
}

// checkLocationName judges a reference to a location, which names it by its own
// name and never by a code.
func checkLocationName(field, name string) error {
	if name == Network || name == Unassigned {
		return invalid(field, "name a location", "must not be %q, which the output uses itself", name)
	}
	return checkOwnName(field, name, glnPrefix)
}

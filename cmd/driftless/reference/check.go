package reference

import (
	"errors"

	"driftless/schema"
)

// Known is what a document may refer to although it doesn't hold it itself:
// what is in force already.
type Known map[ID]bool

// Check judges the document as a whole. The error joins what must be mended;
// the warnings may be meant as they are.
func (d *Document) Check(known Known) (warnings []string, err error) {
	c := checker{doc: d, known: Known{}, lines: map[ID]int{}}
	for id := range known {
		c.known[id] = true
	}
	for _, entry := range d.Entries {
		c.checkTwice(entry)
		c.known[entry.ID] = true
	}
	c.checkAliases()
	for _, entry := range d.Entries {
		c.checkNames(entry)
		c.checkUnits(entry)
	}
	return c.warnings, errors.Join(c.problems...)
}

// checker gathers what Check finds.
type checker struct {
	doc      *Document
	known    Known
	lines    map[ID]int
	problems []error
	warnings []string
}

// refuse notes what must be mended.
func (c *checker) refuse(line int, format string, args ...any) {
	c.problems = append(c.problems, c.doc.problem(line, format, args...))
}

// warn notes what may be meant so.
func (c *checker) warn(line int, format string, args ...any) {
	c.warnings = append(c.warnings, c.doc.problem(line, format, args...).Error())
}

// checkTwice refuses a second entry: which of the two would count is chance.
func (c *checker) checkTwice(entry Entry) {
	if first, twice := c.lines[entry.ID]; twice {
		c.refuse(entry.Line, "%s stands in line %d already; keep one", entry.ID, first)
		return
	}
	c.lines[entry.ID] = entry.Line
}

// claim is a code as one source writes it.
type claim struct {
	kind         schema.Type
	source, code string
}

// checkAliases refuses a code that two entries of one kind claim: which one an
// event means would depend on their versions.
func (c *checker) checkAliases() {
	claims := map[claim]Entry{}
	for _, entry := range c.doc.Entries {
		for _, alias := range entry.Event.Reference.Aliases {
			key := claim{entry.ID.Type, alias.Source, alias.Code}
			first, claimed := claims[key]
			if claimed && first.ID != entry.ID {
				c.refuse(entry.line("aliases"), "%s claims the alias %s of source %s, as %s does in line %d; leave it to one",
					entry.ID, alias.Code, alias.Source, first.ID, first.line("aliases"))
			}
			claims[key] = entry
			if named := (ID{entry.ID.Type, alias.Code}); named != entry.ID && c.known[named] {
				c.warn(entry.line("aliases"), "the alias %s of %s is itself the name of %s, which comes first", alias.Code, entry.ID, named)
			}
			if alias.Source != "*" {
				c.mustKnow(entry, "aliases", ID{schema.SourceConfigured, alias.Source})
			}
		}
	}
}

// checkNames looks up what an entry refers to.
func (c *checker) checkNames(entry Entry) {
	data := entry.Event.Reference
	switch entry.ID.Type {
	case schema.LocationConfigured:
		c.mustKnow(entry, "owner", ID{schema.SourceConfigured, data.Owner})
		for _, channel := range data.SellsTo {
			c.mustKnow(entry, "sells_to", ID{schema.ChannelConfigured, channel})
		}
	case schema.ChannelConfigured:
		c.mustKnow(entry, "default_location", ID{schema.LocationConfigured, data.DefaultLocation})
		c.mustKnow(entry, "reservation_source", ID{schema.SourceConfigured, data.ReservationSource})
	case schema.ItemConfigured:
		c.checkSettings(entry, "safety_stock", data.SafetyStock)
		c.checkSettings(entry, "low_stock_threshold", data.LowStockThreshold)
	}
}

// checkSettings looks up the locations of a setting by location. A number for a
// location that isn't there would silently hold nothing back.
func (c *checker) checkSettings(entry Entry, field string, settings []schema.PerLocation) {
	for _, setting := range settings {
		if setting.Location != schema.Network {
			c.mustKnow(entry, field, ID{schema.LocationConfigured, setting.Location})
		}
	}
}

// mustKnow refuses a name that leads nowhere; where the document leaves that
// kind of thing to another document, it only warns.
func (c *checker) mustKnow(entry Entry, field string, id ID) {
	if id.Name == "" || c.known[id] {
		return
	}
	say := c.warn
	if c.doc.Has[id.Type] {
		say = c.refuse
	}
	section, _ := sectionOf(id.Type)
	say(entry.line(field), "%s: %s: there is no %s; add it to %s or correct the name", entry.ID, field, id, section.Name)
}

// checkUnits warns of codes that no trading partner will know.
func (c *checker) checkUnits(entry Entry) {
	if entry.ID.Type != schema.ItemConfigured {
		return
	}
	data := entry.Event.Reference
	c.checkUnit(entry, "base_unit", data.BaseUnit)
	stated := map[string]bool{data.BaseUnit: true}
	for _, ratio := range data.Units {
		stated[ratio.Unit] = true
		c.checkUnit(entry, "units", ratio.Unit)
	}
	for _, alias := range data.Aliases {
		if alias.Unit != "" && !stated[alias.Unit] {
			c.refuse(entry.line("aliases"), "%s: the alias %s stands for the unit %s, which isn't in units; add it there", entry.ID, alias.Code, alias.Unit)
		}
	}
}

// checkUnit warns only: a code of one's own works, until somebody else reads it.
func (c *checker) checkUnit(entry Entry, field, code string) {
	if !knownUnit(code) {
		c.warn(entry.line(field), "%s: %s: %s is no unit code of UN/ECE Recommendation 20 or 21; C62 is one piece, XCS a case", entry.ID, field, code)
	}
}

// line finds the line of a field of the entry, else the entry's own.
func (e Entry) line(field string) int {
	if e.node == nil {
		return e.Line
	}
	for _, candidate := range e.node.Fields {
		if candidate.Name == field {
			return candidate.Line
		}
	}
	return e.Line
}

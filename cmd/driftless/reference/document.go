// Package reference reads and writes the one YAML document that says which
// items, locations, sources and channels there are, and finds out what of it
// must be sent.
//
// # What an apply compares with
//
// Applying twice must change nothing, so an apply has to know what is in force
// at its instant. Locations, sources and channels are on the reference topic,
// which is compacted and keeps every version. Items travel on the input topic,
// by SKU, and the input forgets: so a copy of every version that is sent is kept
// on a compacted topic beside it, which no worker reads. It isn't the reference
// topic, because workers read that one whole at every start, and because each
// record there has every item of every shard judged again.
//
// The copy follows its event and never precedes it. A crash between the two
// leaves an event without a copy: the next apply sends the same content again
// as a newer version, and no number changes. The other order could leave a copy
// of what the engine never saw, and no later apply would send it.
//
// # What it doesn't decide
//
// A document may be one of several, by teams or by kinds of thing. What it
// doesn't name therefore stays as it is, and names that lead out of it are
// problems only where it has the section in which they should stand. An item is
// never withdrawn because nobody mentions it, unless that is asked for.
package reference

import (
	"errors"
	"fmt"
	"strings"

	"driftless/cmd/driftless/nearest"
	"driftless/cmd/driftless/yamltree"
	"driftless/schema"
)

// Section is one part of the document: the versions of one kind of thing.
type Section struct {
	Name string      // key in the document: "items"
	Type schema.Type // of the event that an entry becomes
	Key  string      // field that names the entry: "item"
}

// Sections lists the parts in the order in which they are written and sent: a
// location must not be known before the source that owns it.
func Sections() []Section {
	return []Section{
		{Name: "sources", Type: schema.SourceConfigured, Key: "name"},
		{Name: "channels", Type: schema.ChannelConfigured, Key: "channel"},
		{Name: "locations", Type: schema.LocationConfigured, Key: "location"},
		{Name: "items", Type: schema.ItemConfigured, Key: "item"},
	}
}

// sectionOf finds the section of a type; false for what has none.
func sectionOf(kind schema.Type) (Section, bool) {
	for _, section := range Sections() {
		if section.Type == kind {
			return section, true
		}
	}
	return Section{}, false
}

// ID names one thing whose versions follow one another.
type ID struct {
	Type schema.Type
	Name string
}

// String is how messages name it: "item 4006381333931".
func (id ID) String() string {
	section, _ := sectionOf(id.Type)
	return strings.TrimSuffix(section.Name, "s") + " " + id.Name
}

// IDOf returns what an event of reference data is a version of. It is false
// for events of other types, GapWaived among them.
func IDOf(event *schema.Event) (ID, bool) {
	id := ID{Type: event.Type}
	switch event.Type {
	case schema.ItemConfigured:
		id.Name = event.Item
	case schema.LocationConfigured:
		id.Name = event.Location
	case schema.SourceConfigured:
		id.Name = event.Reference.Name
	case schema.ChannelConfigured:
		id.Name = event.Channel
	default:
		return ID{}, false
	}
	return id, true
}

// Entry is one entry of a document, as an event that lacks only what an apply
// gives it: transaction id, sequence and time.
type Entry struct {
	ID    ID
	Event *schema.Event
	Line  int

	node *yamltree.Node
}

// Document is one YAML document, read.
type Document struct {
	File    string // as messages name it
	Entries []Entry
	// Has holds the types whose section stands in the document, be it empty.
	Has map[schema.Type]bool
}

// Parse reads a document and checks each entry by itself. The error joins all
// that is wrong, each with file and line.
func Parse(file string, data []byte) (*Document, error) {
	tree, err := yamltree.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	doc := &Document{File: file, Has: map[schema.Type]bool{}}
	if tree.Kind == yamltree.Null {
		return doc, nil
	}
	if tree.Kind != yamltree.Map {
		return nil, doc.problem(tree.Line, "%s where sections were expected; begin with items:, locations:, sources: or channels:", tree.Kind)
	}
	var problems []error
	for _, field := range tree.Fields {
		problems = append(problems, doc.readSection(field))
	}
	return doc, errors.Join(problems...)
}

// problem is an error about a line of the document.
func (d *Document) problem(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", d.File, line, fmt.Errorf(format, args...))
}

// readSection takes over one section.
func (d *Document) readSection(field yamltree.Field) error {
	var names []string
	for _, section := range Sections() {
		names = append(names, section.Name)
		if section.Name == field.Name {
			d.Has[section.Type] = true
			return d.readEntries(section, field.Value)
		}
	}
	return d.problem(field.Line, "unknown section %q; %s", field.Name, nearest.Suggest(field.Name, names))
}

// readEntries reads every entry of a section, to name all that is wrong at once.
func (d *Document) readEntries(section Section, list *yamltree.Node) error {
	switch list.Kind {
	case yamltree.Null:
		return nil
	case yamltree.List:
	default:
		return d.problem(list.Line, "%s: %s where a list was expected; begin each entry with \"- %s: …\"", section.Name, list.Kind, section.Key)
	}
	var problems []error
	for _, node := range list.Items {
		problems = append(problems, d.readEntry(section, node))
	}
	return errors.Join(problems...)
}

// readEntry makes an event of an entry and checks it as every other event is.
func (d *Document) readEntry(section Section, node *yamltree.Node) error {
	if node.Kind != yamltree.Map {
		return d.problem(node.Line, "%s: %s where an entry was expected; write \"%s: …\" and its fields", section.Name, node.Kind, section.Key)
	}
	if given := node.Get("type"); given != nil {
		return d.problem(given.Line, "type: leave it out; the section says it")
	}
	event, _, err := schema.ParseEvent(eventJSON(section, node))
	if err == nil {
		err = event.Validate(schema.DefaultLimits())
	}
	if err != nil {
		return d.problem(lineOf(node, err), "%w", err)
	}
	event.TransactionID, event.Sequence, event.OccurredAt = "", 0, 0
	id, _ := IDOf(event)
	d.Entries = append(d.Entries, Entry{ID: id, Event: event, Line: node.Line, node: node})
	return nil
}

// lineOf finds the line of the field that an error names: "units.XCS" stands
// under units.
func lineOf(node *yamltree.Node, err error) int {
	var field *schema.FieldError
	if !errors.As(err, &field) {
		return node.Line
	}
	line, at := node.Line, node
	for _, name := range strings.Split(field.Field, ".") {
		found := false
		for _, candidate := range at.Fields {
			if candidate.Name == name {
				line, at, found = candidate.Line, candidate.Value, true
			}
		}
		if !found {
			break
		}
	}
	return line
}

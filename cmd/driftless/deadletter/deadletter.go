// Package deadletter finds refused records, shows them, and makes of them what
// is sent again: the original as it came, or a mended one.
//
// Either keeps the transaction's identity, so that it counts at most once. What
// is re-driven carries the time of its first arrival, by which its age is judged:
// a horizon that began anew with every attempt would be none. What is mended
// names the digest of the refused content, which from then on counts as never
// sent; without that name the correction would be a conflict.
package deadletter

import (
	"fmt"
	"strconv"
	"strings"

	"driftless/schema"
)

// ID names a dead letter by where it stands on its topic: "3:120" is partition
// 3, offset 120.
type ID struct {
	Partition int32
	Offset    int64
}

// String writes the ID as ParseID reads it.
func (id ID) String() string { return fmt.Sprintf("%d:%d", id.Partition, id.Offset) }

// ParseID reads an ID as list prints it.
func ParseID(text string) (ID, error) {
	before, after, _ := strings.Cut(text, ":")
	partition, err := strconv.ParseInt(before, 10, 32)
	offset, offsetErr := strconv.ParseInt(after, 10, 64)
	if err != nil || offsetErr != nil || partition < 0 || offset < 0 {
		return ID{}, fmt.Errorf("%q is no dead letter's id; driftless dlq list prints them, as 3:120", text)
	}
	return ID{Partition: int32(partition), Offset: offset}, nil
}

// Letter is one dead letter, and where it stands.
type Letter struct {
	ID ID
	schema.DeadLetter
}

// Read takes a letter from a record of the dead-letter topic, whose bytes it
// keeps.
func Read(record *schema.Record) (*Letter, error) {
	letter := &Letter{ID: ID{record.Partition, record.Offset}}
	if err := letter.Decode(record.Value); err != nil {
		return nil, fmt.Errorf("dead letter %s (use the release that wrote it): %w", letter.ID, err)
	}
	return letter, nil
}

// Event reads the refused record's event. The error says why it can't be read:
// often that is why it was refused.
func (l *Letter) Event(registry schema.Registry) (*schema.Event, error) {
	event := new(schema.Event)
	if err := schema.NewDecoder(registry).Decode(l.Original, event); err != nil {
		return nil, err
	}
	return event, nil
}

// Filter selects letters; a zero field selects all.
type Filter struct {
	Reason, Source, SKU string
	Since               int64 // log-append time, milliseconds
}

// Matches says whether the filter selects the letter.
func (f Filter) Matches(l *Letter) bool {
	return (f.Reason == "" || f.Reason == l.Reason) &&
		(f.Source == "" || f.Source == l.Source) &&
		(f.SKU == "" || f.SKU == l.SKU) &&
		l.LoggedAt >= f.Since
}

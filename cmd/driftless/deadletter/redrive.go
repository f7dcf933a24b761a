package deadletter

import (
	"errors"
	"fmt"

	"driftless/schema"
)

// Marker makes the header that carries a record's first log-append time, so
// that its age is judged as if it had never been refused.
type Marker func(letter *schema.DeadLetter) schema.Header

// Redrive is the original record again: its bytes, its key, its headers, and
// the mark of when it came first. It counts at most once, however often it is
// sent.
func (l *Letter) Redrive(mark Marker) (schema.Record, error) {
	if l.Original == nil {
		return schema.Record{}, errors.New("the letter holds no record")
	}
	if l.Truncated() {
		return schema.Record{}, l.cut()
	}
	record := schema.Record{Topic: l.Topic, Key: l.Key, Value: l.Original}
	marked := mark(&l.DeadLetter)
	for _, header := range l.Headers {
		// A letter that was re-driven before has its mark already.
		if header.Key == marked.Key {
			marked = header
			continue
		}
		record.Headers = append(record.Headers, header)
	}
	record.Headers = append(record.Headers, marked)
	return record, nil
}

// cut is why a letter that holds its original in part only can't be sent.
func (l *Letter) cut() error {
	return fmt.Errorf("the letter holds only %d bytes of the record (%s): send the event anew from its source; "+
		"the record itself is at topic %s, partition %d, offset %d, as long as that is kept",
		len(l.Original), l.Whole(), l.Topic, l.Partition, l.Offset)
}

package replay

import (
	"fmt"
	"io"
	"iter"
	"strings"

	"driftless/schema"
)

// line is one line of the input, and where its deliveries went.
type line struct {
	event      *schema.Event // nil: not an event
	value      []byte
	key        string
	loggedAt   int64
	deliveries []place
}

// place is the partition and offset of a delivery; partition -1 is the
// reference topic.
type place struct {
	partition int32
	offset    int64
}

// read takes all files in, in their order.
func (p *player) read() error {
	for _, file := range p.options.Files {
		if err := p.readFile(file); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) readFile(file File) error {
	source, err := file.Open()
	if err != nil {
		return fmt.Errorf("read the events: %w", err)
	}
	defer source.Close() // only read from
	for l, err := range lines(source, file.Name) {
		if err != nil {
			return err
		}
		p.lines = append(p.lines, take(l))
	}
	return nil
}

func lines(r io.Reader, name string) iter.Seq2[schema.Line, error] {
	if strings.HasSuffix(strings.ToLower(name), ".csv") {
		return schema.ReadCSV(r, name)
	}
	return schema.ReadEvents(r, name)
}

func take(l schema.Line) line {
	if l.Event == nil {
		return line{}
	}
	taken := line{event: l.Event, key: keyOf(l.Event), loggedAt: l.Event.OccurredAt, value: schema.EncodeEvent(nil, l.Event)}
	if l.Delivery.HasKey {
		taken.key = l.Delivery.Key
	}
	if l.Delivery.HasLoggedAt {
		taken.loggedAt = l.Delivery.LoggedAt
	}
	return taken
}

// keyOf is the Kafka key where none is given: the item as sent.
func keyOf(e *schema.Event) string { return e.Item }

func (l *line) isReference() bool { return l.event != nil && l.event.Type.IsReference() }

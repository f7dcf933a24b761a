package retail

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"driftless/schema"
)

// WriteNDJSON writes the reference data and then the deliveries, one a line, in
// the JSON face of events with logged_at and, where it isn't the item, key:
// what `replay` reads.
func (p *Play) WriteNDJSON(w io.Writer) error {
	buffered := bufio.NewWriter(w)
	var line []byte
	for _, list := range [][]Delivery{p.Reference, p.Deliveries} {
		for i := range list {
			var err error
			if line, err = list[i].appendJSON(line[:0]); err != nil {
				return err
			}
			// A bufio.Writer keeps its first error for Flush.
			_, _ = buffered.Write(append(line, '\n'))
		}
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write the play: %w", err)
	}
	return nil
}

// appendJSON appends the event's JSON face with the facts of the delivery
// before its closing brace.
func (d *Delivery) appendJSON(line []byte) ([]byte, error) {
	line = schema.AppendJSON(line, d.Event)
	line = append(line[:len(line)-1], `,"logged_at":`...)
	line = strconv.AppendInt(line, d.LoggedAt, 10)
	if d.Key != d.Event.Item {
		key, err := json.Marshal(d.Key)
		if err != nil {
			return nil, fmt.Errorf("write the key %q: %w", d.Key, err)
		}
		line = append(append(line, `,"key":`...), key...)
	}
	return append(line, '}'), nil
}

// Package ingest sends files of events: all of them validated before the first
// is sent, at a bounded rate, resumable where it was interrupted.
//
// The inputs are read twice. The first pass, Check, judges every line and takes
// a digest of all bytes; a single bad line refuses everything, as half a file
// that is mended and sent again is harder to think about than none of it. The
// second pass, Send, sends. A stream can't be read twice, so it is copied to a
// temporary file first.
//
// # Where a run goes on
//
// Every few seconds Send waits until all it has handed over is acknowledged and
// then notes the number of events, with the digest, in a file. So the note never
// runs ahead of the broker. A run that is interrupted goes on behind the note and
// may send again what was acknowledged after it: the engine takes that for the
// duplicates they are. Once a record wasn't taken nothing is sent any more, or an
// event could overtake an earlier one of its SKU.
package ingest

import (
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"driftless/schema"
)

// Format is how a file of events is written.
type Format string

// The formats. ByName takes CSV for names that end in .csv, else NDJSON.
const (
	ByName Format = "auto"
	NDJSON Format = "ndjson"
	CSV    Format = "csv"
)

// Formats lists the formats' names.
func Formats() []string { return []string{string(ByName), string(NDJSON), string(CSV)} }

// Input is one file of events. It is read twice.
type Input struct {
	Name string // as messages name it
	Path string
	CSV  bool
}

// Inputs makes inputs of paths; "-" is standard input, which is copied to a
// temporary file first. Remove takes that file away again.
func Inputs(paths []string, format Format, stdin io.Reader) (inputs []Input, remove func(), err error) {
	remove = func() {}
	for _, path := range paths {
		input := Input{Name: path, Path: path, CSV: format == CSV || format == ByName && strings.EqualFold(filepath.Ext(path), ".csv")}
		if path == "-" {
			input.Name = "standard input"
			if input.Path, err = spool(stdin); err != nil {
				remove()
				return nil, nil, err
			}
			before, file := remove, input.Path
			remove = func() { before(); _ = os.Remove(file) } // a leftover is in the temporary folder
		}
		inputs = append(inputs, input)
	}
	return inputs, remove, nil
}

// spool copies a stream to a temporary file, since it can't be read twice.
func spool(stream io.Reader) (path string, err error) {
	file, err := os.CreateTemp("", "driftless-ingest-*")
	if err != nil {
		return "", fmt.Errorf("keep standard input for validation: %w", err)
	}
	_, err = io.Copy(file, stream)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return "", fmt.Errorf("keep standard input for validation: %w", err)
	}
	return file.Name(), nil
}

// lines reads the events of one input; tee, when not nil, gets its bytes.
func (i Input) lines(tee io.Writer) iter.Seq2[schema.Line, error] {
	return func(yield func(schema.Line, error) bool) {
		file, err := os.Open(i.Path)
		if err != nil {
			yield(schema.Line{}, fmt.Errorf("open the events: %w", err))
			return
		}
		defer func() { _ = file.Close() }() // nothing was written
		var source io.Reader = file
		if tee != nil {
			source = io.TeeReader(file, tee)
		}
		read := schema.ReadEvents
		if i.CSV {
			read = schema.ReadCSV
		}
		for line, err := range read(source, i.Name) {
			if err == nil {
				i.judge(&line)
			}
			if !yield(line, err) || err != nil {
				return
			}
		}
	}
}

// judge adds to what the reader found what the line's form and use forbid.
func (i Input) judge(line *schema.Line) {
	if line.Err != nil {
		return
	}
	err := line.Event.Validate(schema.DefaultLimits())
	if err == nil && (line.Delivery.HasLoggedAt || line.Delivery.HasKey) {
		err = &schema.FieldError{
			Field: deliveryField(line.Delivery), Problem: "belongs to a delivery, and only replay reads it",
			Mend: "leave it out; the broker stamps the time, the item is the key",
		}
	}
	if err != nil {
		line.Err = fmt.Errorf("%s:%d: %w", i.Name, line.Number, err)
	}
}

// deliveryField names the field that judge refuses.
func deliveryField(delivery schema.Delivery) string {
	if delivery.HasLoggedAt {
		return "logged_at"
	}
	return "key"
}

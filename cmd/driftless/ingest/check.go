package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// Summary is what the first pass over the inputs found.
type Summary struct {
	Events int64
	Digest string // of all bytes of all inputs: SHA-256, hexadecimal
}

// maxRefusals bounds how many refused lines are named one by one.
const maxRefusals = 20

// Refused says that lines aren't events that can be sent; nothing was.
type Refused struct {
	Lines int64   // how many
	First []error // the first of them: file:line: field: problem; mend
}

// Error lists the first refusals and counts the rest.
func (r *Refused) Error() string {
	text := ""
	for _, refusal := range r.First {
		text += refusal.Error() + "\n"
	}
	if rest := r.Lines - int64(len(r.First)); rest > 0 {
		text += fmt.Sprintf("and %d more\n", rest)
	}
	return text + fmt.Sprintf("%d lines were refused, and nothing was sent", r.Lines)
}

// Check reads all inputs to their ends. Lines that can't be sent are a
// *Refused error; other errors are of reading.
func Check(ctx context.Context, inputs []Input) (Summary, error) {
	summary, refused, hash := Summary{}, &Refused{}, sha256.New()
	for _, input := range inputs {
		for line, err := range input.lines(hash) {
			switch {
			case err != nil:
				return summary, err
			case ctx.Err() != nil:
				return summary, ctx.Err()
			case line.Err == nil:
				summary.Events++
				continue
			}
			refused.Lines++
			if len(refused.First) < maxRefusals {
				refused.First = append(refused.First, line.Err)
			}
		}
		// Two files must not look like their concatenation.
		_, _ = io.WriteString(hash, "\x00") // never fails
	}
	summary.Digest = hex.EncodeToString(hash.Sum(nil))
	if refused.Lines > 0 {
		return summary, refused
	}
	return summary, nil
}

package schema

import "fmt"

// DeadLetter is a refused record, whole, and why it was refused.
type DeadLetter struct {
	Original  []byte // the record's value as it came; a tombstone's is empty
	Topic     string // with Partition and Offset where the record stands
	Partition int32
	Offset    int64
	LoggedAt  int64  // first log-append time, milliseconds: a re-driven record is as old as this
	Key       []byte // nil: the record had none
	Reason    string // the name of the refusal
	Detail    string // what exactly is wrong
	Mend      string // what can be done about it
	// Empty where the record couldn't be read.
	Source, TransactionID, SKU string
	Digest                     string   // of the content: what Event.Mends names
	Headers                    []Header // of the record, in their order
}

// AppendAvro appends the record in single-object encoding. Nothing is
// allocated where dst has room.
func (d *DeadLetter) AppendAvro(dst []byte) []byte {
	return d.AppendBody(appendHeader(dst, deadLetterFingerprint))
}

// AppendBody appends the Avro record alone, for another framing.
func (d *DeadLetter) AppendBody(dst []byte) []byte {
	dst = appendBytes(dst, d.Original)
	dst = appendStrings(dst, d.Topic)
	dst = appendLongs(dst, int64(d.Partition), d.Offset, d.LoggedAt)
	dst = appendBytes(dst, d.Key)
	dst = appendFlag(dst, d.Key != nil)
	dst = appendStrings(dst, d.Reason, d.Detail, d.Mend, d.Source, d.TransactionID, d.SKU, d.Digest)
	dst = appendBlocks(dst, len(d.Headers))
	for _, header := range d.Headers {
		dst = appendBytes(appendStrings(dst, header.Key), header.Value)
	}
	return endBlocks(dst)
}

// Decode fills the record from a value in single-object encoding with our own
// schema; Decoder.DecodeOutput reads others too. Strings and bytes alias the
// value. Headers is reused. Errors wrap ErrMalformed or ErrUnknownSchema.
func (d *DeadLetter) Decode(value []byte) error { return decodeOwn(value, d) }

// schema names what AppendBody writes.
func (d *DeadLetter) schema() AvroSchema {
	return AvroSchema{"driftless.DeadLetter", deadLetterSchema, deadLetterFingerprint}
}

// decodeBody reads the fields in the order of dead_letter.avsc. A key without
// bytes and no key are two things: a re-driven record must get the same one.
func (d *DeadLetter) decodeBody(body []byte) error {
	r := wireReader{rest: body}
	headers := d.Headers[:0]
	*d = DeadLetter{Original: r.bytes(), Topic: r.string(), Partition: r.int(), Offset: r.long(), LoggedAt: r.long()}
	d.Key = r.bytes()
	if hasKey := r.flag(); hasKey && d.Key == nil {
		d.Key = []byte{}
	} else if !hasKey {
		d.Key = nil
	}
	d.Reason, d.Detail, d.Mend = r.string(), r.string(), r.string()
	d.Source, d.TransactionID, d.SKU, d.Digest = r.string(), r.string(), r.string(), r.string()
	r.items(func() { headers = append(headers, Header{r.string(), r.bytes()}) })
	d.Headers = headers
	return r.end("DeadLetter")
}

// Truncation says what a dead letter's original was that its topic didn't take
// whole: its length and digest. Where it stood the letter says in any case.
type Truncation struct {
	Bytes  int
	SHA256 string // hexadecimal
}

// truncatedHeader marks a letter that holds the begin of its original only, and
// none of its headers.
const truncatedHeader = "driftless-truncated"

// Header is the only one of a letter that was cut.
func (t Truncation) Header() Header {
	return Header{Key: truncatedHeader, Value: fmt.Appendf(nil, "bytes=%d sha256=%s", t.Bytes, t.SHA256)}
}

// Truncated reports whether the letter holds its original in part only.
func (d *DeadLetter) Truncated() bool {
	return len(d.Headers) == 1 && d.Headers[0].Key == truncatedHeader
}

// Whole says what the original was of a letter that was cut.
func (d *DeadLetter) Whole() string { return string(d.Headers[0].Value) }

package schema

// StateRow is one record of the state topic: a row of a shard, or its floor.
// A record without a value, a tombstone, is a deleted row.
type StateRow struct {
	Key, Value []byte // of the row in the local store, byte for byte
	Format     int32  // of Value
	Number     int64  // of the last ledger entry that the row includes
	Floor      int64  // the number below which every row is written
}

// AppendAvro appends the record in single-object encoding. Nothing is
// allocated where dst has room.
func (s *StateRow) AppendAvro(dst []byte) []byte {
	return s.AppendBody(appendHeader(dst, stateRowFingerprint))
}

// AppendBody appends the Avro record alone, for another framing.
func (s *StateRow) AppendBody(dst []byte) []byte {
	dst = appendBytes(appendBytes(dst, s.Key), s.Value)
	return appendLongs(dst, int64(s.Format), s.Number, s.Floor)
}

// Decode fills the record from a value in single-object encoding with our own
// schema; Decoder.DecodeOutput reads others too. Strings and bytes alias the
// value. Empty ones are nil. Errors wrap ErrMalformed or ErrUnknownSchema.
func (s *StateRow) Decode(value []byte) error { return decodeOwn(value, s) }

// schema names what AppendBody writes.
func (s *StateRow) schema() AvroSchema {
	return AvroSchema{"driftless.StateRow", stateRowSchema, stateRowFingerprint}
}

// decodeBody reads the fields in the order of state_row.avsc.
func (s *StateRow) decodeBody(body []byte) error {
	r := wireReader{rest: body}
	*s = StateRow{Key: r.bytes(), Value: r.bytes(), Format: r.int(), Number: r.long(), Floor: r.long()}
	return r.end("StateRow")
}

package schema

// Output is a record of an output topic: *ATP, *DeadLetter, *Alert and
// nothing else.
type Output interface {
	// AppendAvro appends the record in single-object encoding.
	AppendAvro(dst []byte) []byte
	// AppendBody appends the Avro record alone, for another framing.
	AppendBody(dst []byte) []byte
	// Decode fills the record from a value that our own schema wrote.
	Decode(value []byte) error

	schema() AvroSchema
	decodeBody(body []byte) error
}

// decodeOwn refuses what another schema wrote.
func decodeOwn(value []byte, into Output) error {
	key, body, err := splitFrame(value)
	if err != nil {
		return err
	}
	if key != (schemaKey{number: into.schema().Fingerprint}) {
		return unknownWriter(key)
	}
	return into.decodeBody(body)
}

package schema

// Output is a record of an output topic: *ATP, *DeadLetter, *Alert, *StateRow
// and nothing else.
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

// AppendConfluent appends the five bytes that begin a value in the Confluent
// wire format: a zero and the big-endian id that the registry gave the schema.
// The record's body follows.
func AppendConfluent(dst []byte, id uint32) []byte {
	return append(dst, 0, byte(id>>24), byte(id>>16), byte(id>>8), byte(id))
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

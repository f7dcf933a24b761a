package driftless.bench;

import org.apache.avro.Schema;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serializer;

/** Writes records of one schema in Avro's single-object encoding. */
final class AvroSerializer<R extends SpecificRecord> implements Serializer<R> {
    private final byte[] header;
    private final DatumWriter<R> writer;

    AvroSerializer(Schema schema) {
        header = Framing.header(schema);
        writer = new SpecificDatumWriter<>(schema, Framing.model());
    }

    @Override
    public byte[] serialize(String topic, R record) {
        return Scratch.write(header, out -> writer.write(record, out));
    }
}

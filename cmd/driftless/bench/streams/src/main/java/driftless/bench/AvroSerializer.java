package driftless.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serializer;

/** Writes records of one schema in Avro's single-object encoding, over a buffer that it uses again. */
final class AvroSerializer<R extends SpecificRecord> implements Serializer<R> {
    private final byte[] header;
    private final DatumWriter<R> writer;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream(1024);
    private BinaryEncoder encoder;

    AvroSerializer(Schema schema) {
        header = Framing.header(schema);
        writer = new SpecificDatumWriter<>(schema, Framing.model());
    }

    @Override
    public byte[] serialize(String topic, R record) {
        written.reset();
        written.writeBytes(header);
        encoder = EncoderFactory.get().binaryEncoder(written, encoder);
        try {
            writer.write(record, encoder);
            encoder.flush();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return written.toByteArray();
    }
}

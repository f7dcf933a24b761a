package driftless.bench;

import driftless.InventoryEvent;
import java.io.IOException;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;

/** Decodes events in Avro's single-object encoding, always into the same object. */
final class EventDecoder {
    private static final Schema SCHEMA = InventoryEvent.getClassSchema();

    private final byte[] header = Framing.header(SCHEMA);
    private final DatumReader<InventoryEvent> reader = new SpecificDatumReader<>(SCHEMA, SCHEMA, Framing.model());
    private final InventoryEvent event = new InventoryEvent();
    private BinaryDecoder decoder;

    /**
     * Returns the event, valid until the next call, or null where the record isn't an inventory
     * event but reference data, which the figures kept here don't need.
     */
    InventoryEvent decode(byte[] value) throws IOException {
        if (!Arrays.equals(value, 0, Math.min(value.length, header.length), header, 0, header.length)) {
            return null;
        }
        decoder = DecoderFactory.get().binaryDecoder(value, header.length, value.length - header.length, decoder);
        return reader.read(event, decoder);
    }
}

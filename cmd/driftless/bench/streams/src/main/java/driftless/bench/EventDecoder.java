package driftless.bench;

import driftless.InventoryEvent;
import java.io.IOException;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.io.DatumReader;
import org.apache.avro.specific.SpecificDatumReader;

/** Decodes events in Avro's single-object encoding, always into the same object. */
final class EventDecoder {
    private static final Schema SCHEMA = InventoryEvent.getClassSchema();

    private final byte[] header = Framing.header(SCHEMA);
    private final DatumReader<InventoryEvent> reader = new SpecificDatumReader<>(SCHEMA, SCHEMA, Framing.model());
    private final InventoryEvent event = new InventoryEvent();

    /** Returns the event, valid until the next call, or null where another schema wrote the record. */
    InventoryEvent decode(byte[] value) throws IOException {
        if (!Arrays.equals(value, 0, Math.min(value.length, header.length), header, 0, header.length)) {
            return null;
        }
        return reader.read(event, Scratch.read(value, header.length));
    }
}

package driftless.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.util.ClassSecurityValidator;

/** Avro's single-object encoding, and the model that reads and writes what stands in it. */
final class Framing {
    /** Two magic bytes and the fingerprint of the writer's schema. */
    static final int HEADER = 10;
    private static final short MAGIC = (short) 0xC301;

    private Framing() { }

    /** What begins every record of a schema. */
    static byte[] header(Schema schema) {
        return ByteBuffer.allocate(HEADER).putShort(MAGIC).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(SchemaNormalization.parsingFingerprint64(schema)).array();
    }

    /** A model whose generated code reads and writes the fields itself, the fastest that Avro has. */
    static SpecificData model() {
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(ClassSecurityValidator.DEFAULT,
                type -> type.getPackageName().startsWith("driftless"))); // Avro makes no other classes by their name
        SpecificData model = new SpecificData();
        model.setFastReaderEnabled(false);
        model.setCustomCoders(true);
        return model;
    }
}

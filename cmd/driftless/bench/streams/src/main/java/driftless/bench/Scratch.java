package driftless.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * The buffer, encoder and decoder that one thread uses again and again. Streams shares serializers
 * among its threads, so they can't hold any of it themselves.
 */
final class Scratch {
    private static final ThreadLocal<Scratch> OWN = ThreadLocal.withInitial(Scratch::new);

    private final ByteArrayOutputStream written = new ByteArrayOutputStream(1024);
    private BinaryEncoder encoder;
    private BinaryDecoder decoder;

    /** Writes to an encoder. */
    interface Content {
        void write(BinaryEncoder out) throws IOException;
    }

    /** Returns a header and what the content writes after it. */
    static byte[] write(byte[] header, Content content) {
        Scratch own = OWN.get();
        own.written.reset();
        own.written.writeBytes(header);
        own.encoder = EncoderFactory.get().binaryEncoder(own.written, own.encoder);
        try {
            content.write(own.encoder);
            own.encoder.flush();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return own.written.toByteArray();
    }

    /** Returns a decoder of what stands in a value behind the header, valid until the next call. */
    static BinaryDecoder read(byte[] value, int header) {
        Scratch own = OWN.get();
        own.decoder = DecoderFactory.get().binaryDecoder(value, header, value.length - header, own.decoder);
        return own.decoder;
    }
}

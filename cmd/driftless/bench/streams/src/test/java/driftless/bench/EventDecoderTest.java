package driftless.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import driftless.InventoryEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventDecoderTest {
    private static final Path SAMPLES = Path.of("../../../../schema/testdata/faces.txt");

    /** What driftless has written is read, all of it: written again, it is the same bytes. */
    @Test
    void samplesOfDriftlessAreRead() throws IOException {
        EventDecoder decoder = new EventDecoder();
        int read = 0;
        for (byte[] sample : samples()) {
            InventoryEvent event = decoder.decode(sample);
            if (event != null) {
                assertArrayEquals(sample, Events.encode(event));
                read++;
            }
        }
        assertTrue(read > 20, read + " samples");
    }

    @Test
    void whatIsNoEventIsNull() throws IOException {
        EventDecoder decoder = new EventDecoder();
        assertNull(decoder.decode(new byte[0]));
        assertNull(decoder.decode("a record of no schema".getBytes()));
    }

    private static List<byte[]> samples() throws IOException {
        return Files.readAllLines(SAMPLES).stream().filter(line -> line.startsWith("  avro   "))
                .map(line -> HexFormat.of().parseHex(line.strip().substring("avro   ".length()))).toList();
    }
}

package driftless.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import driftless.InventoryEvent;
import driftless.InventoryEventType;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.avro.util.Utf8;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

final class StockSerdeTest {
    @Test
    void whatIsWrittenIsReadAlike() throws IOException {
        Stock stock = new Stock();
        apply(stock, Events.of(InventoryEventType.StockCounted, "A", 1_000_000_000_000L, "DC-NORTH"));
        apply(stock, Events.of(InventoryEventType.StockSold, "A", 3, "SHOP-0101"));
        apply(stock, Events.ofLine(InventoryEventType.OrderPlaced, "A", "SO-1", 7, "DC-NORTH"));
        apply(stock, Events.ofLine(InventoryEventType.OrderCommitted, "A", "SO-2", 2, "SHOP-0101"));
        try (Serde<Stock> serde = StockSerde.create()) {
            byte[] written = serde.serializer().serialize("", stock);
            Stock read = serde.deserializer().deserialize("", written);
            assertArrayEquals(written, serde.serializer().serialize("", read));
            assertEquals(4, read.version);
            assertEquals(-3 - 2, read.balance(new Utf8("SHOP-0101")).availableToPromise());
            assertTrue(read.lines.get(1).confirmed);
            assertEquals(7, read.lines.get(0).provisional());
        }
    }

    /** Streams gives all its threads the same serializer. */
    @Test
    void threadsDoNotDisturbEachOther() throws IOException {
        Stock stock = new Stock();
        apply(stock, Events.of(InventoryEventType.StockCounted, "A", 7, "DC-NORTH"));
        try (Serde<Stock> serde = StockSerde.create()) {
            byte[] written = serde.serializer().serialize("", stock);
            assertTrue(IntStream.range(0, 100_000).parallel().allMatch(i -> Arrays.equals(written,
                    serde.serializer().serialize("", serde.deserializer().deserialize("", written)))));
        }
    }

    /** Stock keeps text as it is decoded, so an event comes to it encoded and decoded. */
    private static void apply(Stock stock, InventoryEvent.Builder event) throws IOException {
        stock.apply(new EventDecoder().decode(Events.encode(event.build())));
    }
}

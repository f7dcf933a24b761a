package driftless.bench;

import static driftless.InventoryEventType.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import driftless.ATP;
import driftless.InventoryEvent;
import driftless.InventoryEventType;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drives the topology that is measured and looks at what it puts out. */
final class InventoryTest {
    private static final String DEPOT = "DC-NORTH";
    private static final String SHOP = "SHOP-0101";

    @TempDir
    private File state;
    private TopologyTestDriver driver;
    private TestInputTopic<String, byte[]> events;
    private TestOutputTopic<String, byte[]> atp;
    private TestOutputTopic<byte[], byte[]> ledger;
    private final Map<String, ATP> rows = new TreeMap<>();
    private final List<LedgerLine> lines = new ArrayList<>();

    @BeforeEach
    void open() {
        Options options = new Options("nowhere:1", "events", "atp", "ledger", state.getPath(), 1, "test");
        driver = new TopologyTestDriver(Inventory.topology("events", "atp", "ledger"), Settings.of(options));
        events = driver.createInputTopic("events", new StringSerializer(), new ByteArraySerializer());
        atp = driver.createOutputTopic("atp", new StringDeserializer(), new ByteArrayDeserializer());
        ledger = driver.createOutputTopic("ledger", new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void aDayEndsWithTheFiguresComputedByHand() {
        for (InventoryEvent event : day()) {
            send(event);
        }
        assertRow("A|DC-NORTH", 100 + 12 - 6 - 2 - 3 - 5, 4, 4);
        assertRow("A|SHOP-0101", 6 - 1 - 1, 0, 0);
        assertRow("A|*", 96 + 4, 4, 4);
        assertRow("B|DC-NORTH", 40 - 3, 2, 0);
        assertRow("B|*", 37, 2, 0);
        assertRow("C|DC-NORTH", -1, 0, 0);
        assertRow("C|*", -1, 0, 0);
        assertEquals(7, rows.size());
        assertTrue(rows.get("C|*").getOversold());
    }

    /** Each event twice: what comes a second time must not show. */
    @Test
    void aDayOfDuplicatesEndsAlike() {
        List<InventoryEvent> day = day();
        day.forEach(this::send);
        Map<String, ATP> once = new TreeMap<>(rows);
        day.forEach(this::send);
        assertEquals(once, rows);
        assertEquals(2 * day.size(), lines.size());
        for (LedgerLine line : lines.subList(day.size(), lines.size())) {
            assertEquals(2, line.getOutcome());
            assertTrue(line.getMovements().isEmpty());
        }
    }

    @Test
    void theLedgerSumsToTheBalances() {
        day().forEach(this::send);
        Map<String, Long> sums = new TreeMap<>();
        EventDecoder decoder = new EventDecoder();
        for (LedgerLine line : lines) {
            String sku = skuOf(decoder, line);
            for (Movement movement : line.getMovements()) {
                sums.merge(sku + "|" + movement.getLocation(), movement.getOnHand() - movement.getCommitted(), Long::sum);
                sums.merge(sku + "|*", movement.getOnHand() - movement.getCommitted(), Long::sum);
            }
        }
        Map<String, Long> published = new TreeMap<>();
        rows.forEach((key, row) -> published.put(key, row.getAtp()));
        assertEquals(published, sums);
    }

    @Test
    void aShipmentLowersCommittedByWhatItShips() {
        send(Events.ofLine(OrderCommitted, "A", "SO-1", 5, DEPOT).build());
        send(Events.ofLine(OrderShipped, "A", "SO-1", 2, SHOP).build());
        assertRow("A|DC-NORTH", 0, 3, 0);
        assertRow("A|SHOP-0101", -2, 0, 0);
        send(Events.ofLine(OrderShipped, "A", "SO-1", 4, DEPOT).build());
        assertRow("A|DC-NORTH", -4, 0, 0); // one more than was ordered: committed doesn't fall below 0
    }

    @Test
    void aCancellationLowersCommittedByItsQuantityOrByAllThatIsOpen() {
        send(Events.ofLine(OrderPlaced, "A", "SO-1", 5, DEPOT).build());
        send(Events.ofLine(OrderCancelled, "A", "SO-1", 2, "").build());
        assertRow("A|DC-NORTH", 0, 3, 3);
        send(Events.ofLine(OrderCancelled, "A", "SO-1", 0, "").setHasQuantity(false).build());
        assertRow("A|DC-NORTH", 0, 0, 0);
    }

    @Test
    void theErpsReportReplacesTheWebShops() {
        send(Events.ofLine(OrderPlaced, "A", "SO-1", 5, DEPOT).build());
        assertRow("A|*", 0, 5, 5);
        send(Events.ofLine(OrderCommitted, "A", "SO-1", 4, SHOP).build());
        assertRow("A|DC-NORTH", 0, 0, 0);
        assertRow("A|SHOP-0101", 0, 4, 0);
        send(Events.ofLine(OrderPlaced, "A", "SO-1", 9, DEPOT).build());
        assertRow("A|*", 0, 4, 0);
    }

    @Test
    void aCountReplacesWhatWasOnHand() {
        send(Events.of(GoodsReceived, "A", 7, DEPOT).build());
        send(Events.ofLine(OrderCommitted, "A", "SO-1", 2, DEPOT).build());
        send(Events.of(StockCounted, "A", 50, DEPOT).build());
        assertRow("A|DC-NORTH", 50, 2, 0);
        assertRow("A|*", 50, 2, 0);
    }

    @Test
    void versionsRiseWithEveryChange() {
        for (int i = 1; i <= 3; i++) {
            send(Events.of(GoodsReceived, "A", 1, DEPOT).build());
            assertEquals(i, rows.get("A|DC-NORTH").getVersion());
            assertEquals(i, rows.get("A|*").getVersion());
        }
        send(Events.of(GoodsReceived, "A", 1, SHOP).build());
        assertEquals(1, rows.get("A|SHOP-0101").getVersion());
        assertEquals(4, rows.get("A|*").getVersion());
    }

    @Test
    void referenceDataArePassedOver() {
        byte[] record = Events.encode(Events.of(GoodsReceived, "A", 1, DEPOT).build());
        record[2] ^= 1; // another schema's fingerprint
        events.pipeInput("A", record);
        collect();
        assertTrue(rows.isEmpty() && lines.isEmpty());
    }

    @Test
    void transactionsAreForgottenPastTheHorizon() {
        InventoryEvent event = Events.of(GoodsReceived, "A", 1, DEPOT).setOccurredAt(System.currentTimeMillis()).build();
        send(event);
        driver.advanceWallClockTime(Transactions.HORIZON.minusDays(2));
        send(event);
        assertRow("A|*", 1, 0, 0);
        driver.advanceWallClockTime(Duration.ofDays(4));
        try (var left = driver.<byte[], Long>getKeyValueStore(Inventory.TRANSACTIONS).all()) {
            assertFalse(left.hasNext());
        }
    }

    /** A day of three SKUs with every event of the benchmark's mix, two of them sent twice. */
    private static List<InventoryEvent> day() {
        List<InventoryEvent> day = new ArrayList<>();
        add(day, StockCounted, "A", 80, DEPOT);
        add(day, GoodsReceived, "A", 7, DEPOT);
        add(day, StockCounted, "A", 100, DEPOT);
        add(day, GoodsReceived, "A", 12, DEPOT);
        day.add(day.get(3));
        add(day, TransferShipped, "A", 6, DEPOT);
        add(day, TransferReceived, "A", 6, SHOP);
        add(day, StockSold, "A", 1, SHOP);
        day.add(day.get(7));
        add(day, StockSold, "A", 1, SHOP);
        add(day, StockAdjusted, "A", -2, DEPOT);
        addLine(day, OrderPlaced, "A", "SO-1", 3);
        addLine(day, OrderCommitted, "A", "SO-1", 3);
        addLine(day, OrderPlaced, "A", "SO-2", 5);
        addLine(day, OrderShipped, "A", "SO-1", 3);
        addLine(day, OrderCommitted, "A", "SO-2", 5);
        addLine(day, OrderPlaced, "A", "SO-3", 4);
        addLine(day, OrderShipped, "A", "SO-2", 5);
        add(day, StockCounted, "B", 40, DEPOT);
        addLine(day, OrderPlaced, "B", "SO-4", 2);
        addLine(day, OrderPlaced, "B", "SO-5", 3);
        addLine(day, OrderCommitted, "B", "SO-4", 2);
        addLine(day, OrderCommitted, "B", "SO-5", 3);
        addLine(day, OrderShipped, "B", "SO-5", 3);
        addLine(day, OrderPlaced, "B", "SO-6", 8);
        addLine(day, OrderCancelled, "B", "SO-6", 8);
        add(day, StockAdjusted, "C", -1, DEPOT);
        return day;
    }

    private static void add(List<InventoryEvent> day, InventoryEventType type, String sku, long units, String location) {
        day.add(Events.of(type, sku, units, location).build());
    }

    private static void addLine(List<InventoryEvent> day, InventoryEventType type, String sku, String order, long units) {
        day.add(Events.ofLine(type, sku, order, units, type == OrderCancelled ? "" : DEPOT).build());
    }

    private void send(InventoryEvent event) {
        events.pipeInput(event.getItem().toString(), Events.encode(event));
        collect();
    }

    private void collect() {
        atp.readKeyValuesToList().forEach(row -> rows.put(row.key, decode(row.value, new ATP())));
        ledger.readValuesToList().forEach(line -> lines.add(decode(line, new LedgerLine())));
    }

    private void assertRow(String key, long onHand, long committed, long provisional) {
        ATP row = rows.get(key);
        assertEquals(List.of(onHand, committed, 0L, onHand - committed, provisional),
                List.of(row.getOnHand(), row.getCommitted(), row.getReserved(), row.getAtp(), row.getProvisional()), key);
        assertEquals(key, row.getSku() + "|" + row.getLocation());
    }

    private static String skuOf(EventDecoder decoder, LedgerLine line) {
        try {
            return decoder.decode(line.getEvent().array()).getItem().toString();
        } catch (IOException damaged) {
            throw new AssertionError(damaged);
        }
    }

    private static <R extends SpecificRecord> R decode(byte[] value, R into) {
        try {
            var reader = new SpecificDatumReader<R>(into.getSchema(), into.getSchema(), Framing.model());
            return reader.read(into, Scratch.read(value, Framing.HEADER));
        } catch (IOException damaged) {
            throw new AssertionError(damaged);
        }
    }
}

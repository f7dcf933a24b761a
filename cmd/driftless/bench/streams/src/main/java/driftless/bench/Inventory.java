package driftless.bench;

import driftless.ATP;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** The topology: one processor between the events and the two outputs. */
final class Inventory {
    static final String TRANSACTIONS = "transactions";
    static final String STOCK = "stock";
    static final String ATP_SINK = "atp";
    static final String LEDGER_SINK = "ledger";
    private static final String FOLD = "fold";

    private Inventory() { }

    static Topology topology(String events, String atp, String ledger) {
        return new Topology()
                .addSource("events", Serdes.ByteArray().deserializer(), Serdes.ByteArray().deserializer(), events)
                .addProcessor(FOLD, Fold::new, "events")
                .addStateStore(transactions(), FOLD)
                .addStateStore(stock(), FOLD)
                .addSink(ATP_SINK, atp, Serdes.ByteArray().serializer(), new AvroSerializer<ATP>(ATP.getClassSchema()), FOLD)
                .addSink(LEDGER_SINK, ledger, Serdes.ByteArray().serializer(), new AvroSerializer<LedgerLine>(LedgerLine.getClassSchema()), FOLD);
    }

    /** Without a cache: no transaction is put twice, so a cache would only add work. */
    private static StoreBuilder<KeyValueStore<byte[], Long>> transactions() {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(TRANSACTIONS), Serdes.ByteArray(), Serdes.Long())
                .withCachingDisabled().withLoggingEnabled(Map.of());
    }

    /** With a cache: what changes a SKU again before the commit is written once. */
    private static StoreBuilder<KeyValueStore<byte[], Stock>> stock() {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STOCK), Serdes.ByteArray(), StockSerde.create())
                .withCachingEnabled().withLoggingEnabled(Map.of());
    }
}

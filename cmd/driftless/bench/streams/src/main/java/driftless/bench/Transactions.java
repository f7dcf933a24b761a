package driftless.bench;

import driftless.InventoryEvent;
import java.time.Duration;
import org.apache.avro.util.Utf8;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Remembers by source and transaction id which events were applied, for as long as a retry may come. */
final class Transactions {
    static final Duration HORIZON = Duration.ofDays(30);

    /** When the event occurred, in milliseconds, by source, a zero byte and transaction id. */
    private final KeyValueStore<byte[], Long> seen;

    Transactions(KeyValueStore<byte[], Long> seen) {
        this.seen = seen;
    }

    /** Notes the event and reports whether it was new. */
    boolean add(InventoryEvent event) {
        byte[] key = key((Utf8) event.getSource(), (Utf8) event.getTransactionId());
        if (seen.get(key) != null) {
            return false;
        }
        seen.put(key, event.getOccurredAt());
        return true;
    }

    /** Forgets what occurred longer than the horizon ago. */
    void expire(long now) {
        try (KeyValueIterator<byte[], Long> all = seen.all()) {
            while (all.hasNext()) {
                KeyValue<byte[], Long> entry = all.next();
                if (entry.value < now - HORIZON.toMillis()) {
                    seen.delete(entry.key);
                }
            }
        }
    }

    private static byte[] key(Utf8 source, Utf8 transaction) {
        byte[] key = new byte[source.getByteLength() + 1 + transaction.getByteLength()];
        System.arraycopy(source.getBytes(), 0, key, 0, source.getByteLength());
        System.arraycopy(transaction.getBytes(), 0, key, source.getByteLength() + 1, transaction.getByteLength());
        return key;
    }
}

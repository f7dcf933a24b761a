package driftless.bench;

import driftless.ATP;
import driftless.InventoryEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.Utf8;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorNode;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.internals.CachedStateStore;

/**
 * Publishes what has changed of a SKU when the cache writes the SKU to its store: at each commit, and
 * earlier only where the cache is full. Several changes within a commit become one.
 *
 * <p>The aggregations of Streams publish so too. For a processor there is no public way to it, so this
 * class alone uses what Streams has inside.
 */
final class Publisher {
    /** What has changed of a SKU since it was published, and the latest event that did it. */
    private static final class Changes {
        final List<Utf8> locations = new ArrayList<>(2);
        Utf8 source;
        Utf8 transaction;
        long occurredAt;
    }

    private final InternalProcessorContext<byte[], SpecificRecord> context;
    private final ProcessorNode<?, ?, ?, ?> node;

    /** By SKU. It holds no more SKUs than the cache, and goes with the cache where a transaction is aborted. */
    private final Map<Bytes, Changes> changed = new HashMap<>();

    @SuppressWarnings("unchecked")
    Publisher(ProcessorContext<byte[], SpecificRecord> context, KeyValueStore<byte[], Stock> stocks) {
        this.context = (InternalProcessorContext<byte[], SpecificRecord>) context;
        node = this.context.currentNode();
        ((CachedStateStore<byte[], Stock>) stocks).setFlushListener(
                written -> flushed(written.key(), written.value().newValue, written.timestamp()), false);
    }

    /** Notes what an event has changed of a SKU. It must come before the SKU is put into the store. */
    void changed(byte[] sku, InventoryEvent event, List<Movement> movements) {
        Changes changes = changed.computeIfAbsent(Bytes.wrap(sku), unused -> new Changes());
        for (Movement movement : movements) {
            Utf8 location = (Utf8) movement.getLocation();
            if (!changes.locations.contains(location)) {
                changes.locations.add(location);
            }
        }
        changes.source = new Utf8((Utf8) event.getSource());
        changes.transaction = new Utf8((Utf8) event.getTransactionId());
        changes.occurredAt = event.getOccurredAt();
    }

    /** The cache may be written while another node works, so this one must make itself the current one. */
    private void flushed(byte[] sku, Stock stock, long timestamp) {
        Changes changes = changed.remove(Bytes.wrap(sku));
        ProcessorNode<?, ?, ?, ?> interrupted = context.currentNode();
        context.setCurrentNode(node);
        for (Utf8 location : changes.locations) {
            publish(sku, changes, stock.balance(location), timestamp);
        }
        publish(sku, changes, stock.network(), timestamp);
        context.setCurrentNode(interrupted);
    }

    private void publish(byte[] sku, Changes changes, Balance balance, long timestamp) {
        ATP row = new ATP();
        row.setSku(new Utf8(sku));
        row.setLocation(balance.location);
        row.setOnHand(balance.onHand);
        row.setCommitted(balance.committed);
        row.setReserved(balance.reserved);
        row.setAtp(balance.availableToPromise());
        row.setProvisional(balance.provisional);
        row.setOversold(balance.availableToPromise() < 0);
        row.setUnit("");
        row.setVersion(balance.version);
        row.setEffectiveAt(changes.occurredAt);
        row.setComputedAt(context.currentSystemTimeMs());
        row.setCauseSource(changes.source);
        row.setCauseTransactionId(changes.transaction);
        row.setChannels(Map.of());
        context.forward(new Record<>(key(sku, balance.location), row, timestamp), Inventory.ATP_SINK);
    }

    /** SKU, a bar, location: the keys of driftless. */
    private static byte[] key(byte[] sku, Utf8 location) {
        byte[] key = new byte[sku.length + 1 + location.getByteLength()];
        System.arraycopy(sku, 0, key, 0, sku.length);
        key[sku.length] = '|';
        System.arraycopy(location.getBytes(), 0, key, sku.length + 1, location.getByteLength());
        return key;
    }
}

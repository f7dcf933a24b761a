package driftless.bench;

import driftless.ATP;
import driftless.InventoryEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.Utf8;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Folds events into stock figures. */
final class Fold implements Processor<byte[], byte[], byte[], SpecificRecord> {
    private static final int APPLIED = 1;
    private static final int DUPLICATE = 2;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final EventDecoder decoder = new EventDecoder();
    private final LedgerLine line = new LedgerLine();
    private ProcessorContext<byte[], SpecificRecord> context;
    private Transactions transactions;
    private KeyValueStore<byte[], Stock> stocks;

    @Override
    public void init(ProcessorContext<byte[], SpecificRecord> context) {
        this.context = context;
        transactions = new Transactions(context.getStateStore(Inventory.TRANSACTIONS));
        stocks = context.getStateStore(Inventory.STOCK);
        context.schedule(Duration.ofDays(1), PunctuationType.WALL_CLOCK_TIME, transactions::expire);
    }

    @Override
    public void process(Record<byte[], byte[]> delivery) {
        InventoryEvent event = decode(delivery.value());
        if (event == null) {
            return;
        }
        if (!transactions.add(event)) {
            record(delivery, DUPLICATE, List.of(), NOTHING);
            return;
        }
        Stock stock = stocks.get(delivery.key());
        if (stock == null) {
            stock = new Stock();
        }
        List<Movement> movements = stock.apply(event);
        stocks.put(delivery.key(), stock);
        record(delivery, APPLIED, movements, ByteBuffer.wrap(delivery.value()));
        publish(delivery, event, stock, movements);
    }

    private InventoryEvent decode(byte[] value) {
        try {
            return decoder.decode(value);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void record(Record<byte[], byte[]> delivery, int outcome, List<Movement> movements, ByteBuffer event) {
        var origin = context.recordMetadata().orElseThrow();
        line.setPartition(origin.partition());
        line.setOffset(origin.offset());
        line.setOutcome(outcome);
        line.setMovements(movements);
        line.setEvent(event);
        context.forward(delivery.withValue(line), Inventory.LEDGER_SINK);
    }

    private void publish(Record<byte[], byte[]> delivery, InventoryEvent event, Stock stock, List<Movement> movements) {
        for (Movement movement : movements) {
            publish(delivery, event, stock.balance(movement.getLocation()));
        }
        if (!movements.isEmpty()) {
            publish(delivery, event, stock.network());
        }
    }

    private void publish(Record<byte[], byte[]> delivery, InventoryEvent event, Balance balance) {
        Utf8 sku = new Utf8(delivery.key());
        ATP row = new ATP(sku, balance.location, balance.onHand, balance.committed, balance.reserved, balance.availableToPromise(),
                0L, 0L, balance.provisional, balance.availableToPromise() < 0, false, "", balance.version, event.getOccurredAt(),
                context.currentSystemTimeMs(), event.getSource(), event.getTransactionId(), 0L, Map.of());
        byte[] key = new byte[delivery.key().length + 1 + balance.location.getByteLength()];
        System.arraycopy(delivery.key(), 0, key, 0, delivery.key().length);
        key[delivery.key().length] = '|';
        System.arraycopy(balance.location.getBytes(), 0, key, delivery.key().length + 1, balance.location.getByteLength());
        context.forward(new Record<>(key, row, delivery.timestamp()), Inventory.ATP_SINK);
    }
}

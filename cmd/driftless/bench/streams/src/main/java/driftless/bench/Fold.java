package driftless.bench;

import driftless.InventoryEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;

/** Folds events into the stock of their SKU, which is the key of their record, and writes the ledger. */
final class Fold implements Processor<byte[], byte[], byte[], SpecificRecord> {
    private static final int APPLIED = 1;
    private static final int DUPLICATE = 2;

    private final EventDecoder decoder = new EventDecoder();
    private final LedgerLine line = new LedgerLine();
    private ProcessorContext<byte[], SpecificRecord> context;
    private Transactions transactions;
    private KeyValueStore<byte[], Stock> stocks;
    private Publisher publisher;

    @Override
    public void init(ProcessorContext<byte[], SpecificRecord> context) {
        this.context = context;
        transactions = new Transactions(context.getStateStore(Inventory.TRANSACTIONS));
        stocks = context.getStateStore(Inventory.STOCK);
        publisher = new Publisher(context, stocks);
        context.schedule(Duration.ofDays(1), PunctuationType.WALL_CLOCK_TIME, transactions::expire);
    }

    @Override
    public void process(Record<byte[], byte[]> delivery) {
        InventoryEvent event = decode(delivery.value());
        if (event == null) {
            return; // reference data, which the figures kept here don't need
        }
        if (transactions.add(event)) {
            record(delivery, APPLIED, apply(delivery.key(), event));
        } else {
            record(delivery, DUPLICATE, List.of());
        }
    }

    private List<Movement> apply(byte[] sku, InventoryEvent event) {
        Stock stock = stocks.get(sku);
        if (stock == null) {
            stock = new Stock();
        }
        List<Movement> movements = stock.apply(event);
        if (!movements.isEmpty()) {
            publisher.changed(sku, event, movements);
            stocks.put(sku, stock);
        }
        return movements;
    }

    private void record(Record<byte[], byte[]> delivery, int outcome, List<Movement> movements) {
        RecordMetadata origin = context.recordMetadata().orElseThrow();
        line.setPartition(origin.partition());
        line.setOffset(origin.offset());
        line.setOutcome(outcome);
        line.setMovements(movements);
        line.setEvent(ByteBuffer.wrap(delivery.value()));
        context.forward(delivery.withValue(line), Inventory.LEDGER_SINK);
    }

    private InventoryEvent decode(byte[] value) {
        try {
            return decoder.decode(value);
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
    }
}

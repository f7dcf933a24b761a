package driftless.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Writes a SKU's stock as variable-length numbers and length-prefixed text, and nothing else. */
final class StockSerde {
    private static final byte[] NO_HEADER = {};

    private StockSerde() { }

    static Serde<Stock> create() {
        return Serdes.serdeFrom((topic, stock) -> serialize(stock), (topic, value) -> deserialize(value));
    }

    private static byte[] serialize(Stock stock) {
        return stock == null ? null : Scratch.write(NO_HEADER, out -> write(out, stock));
    }

    private static void write(BinaryEncoder out, Stock stock) throws IOException {
        out.writeLong(stock.version);
        out.writeInt(stock.balances.size());
        for (Balance balance : stock.balances) {
            write(out, balance);
        }
        out.writeInt(stock.lines.size());
        for (OrderLine line : stock.lines) {
            write(out, line);
        }
    }

    private static void write(BinaryEncoder out, Balance balance) throws IOException {
        out.writeString(balance.location);
        out.writeLong(balance.onHand);
        out.writeLong(balance.committed);
        out.writeLong(balance.reserved);
        out.writeLong(balance.provisional);
        out.writeLong(balance.version);
    }

    private static void write(BinaryEncoder out, OrderLine line) throws IOException {
        out.writeString(line.order);
        out.writeString(line.line);
        out.writeString(line.location);
        out.writeLong(line.ordered);
        out.writeLong(line.shipped);
        out.writeLong(line.cancelled);
        out.writeBoolean(line.confirmed);
    }

    private static Stock deserialize(byte[] value) {
        if (value == null) {
            return null;
        }
        try {
            return stock(Scratch.read(value, 0));
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
    }

    private static Stock stock(BinaryDecoder in) throws IOException {
        Stock stock = new Stock();
        stock.version = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            stock.balances.add(balance(in));
        }
        for (int left = in.readInt(); left > 0; left--) {
            stock.lines.add(line(in));
        }
        return stock;
    }

    private static Balance balance(BinaryDecoder in) throws IOException {
        Balance balance = new Balance(in.readString(null));
        balance.onHand = in.readLong();
        balance.committed = in.readLong();
        balance.reserved = in.readLong();
        balance.provisional = in.readLong();
        balance.version = in.readLong();
        return balance;
    }

    private static OrderLine line(BinaryDecoder in) throws IOException {
        OrderLine line = new OrderLine(in.readString(null), in.readString(null));
        line.location = in.readString(null);
        line.ordered = in.readLong();
        line.shipped = in.readLong();
        line.cancelled = in.readLong();
        line.confirmed = in.readBoolean();
        return line;
    }
}

package driftless.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** Writes a SKU's stock as variable-length numbers and length-prefixed text, and nothing else. */
final class StockSerde {
    private StockSerde() { }

    static Serde<Stock> create() {
        return Serdes.serdeFrom(new Writer(), new Reader());
    }

    private static final class Writer implements Serializer<Stock> {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream(1024);
        private BinaryEncoder out;

        @Override
        public byte[] serialize(String topic, Stock stock) {
            if (stock == null) {
                return null;
            }
            written.reset();
            out = EncoderFactory.get().binaryEncoder(written, out);
            try {
                write(stock);
                out.flush();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return written.toByteArray();
        }

        private void write(Stock stock) throws IOException {
            out.writeLong(stock.version);
            out.writeInt(stock.balances.size());
            for (Balance balance : stock.balances) {
                write(balance);
            }
            out.writeInt(stock.lines.size());
            for (OrderLine line : stock.lines) {
                write(line);
            }
        }

        private void write(Balance balance) throws IOException {
            out.writeString(balance.location);
            out.writeLong(balance.onHand);
            out.writeLong(balance.committed);
            out.writeLong(balance.reserved);
            out.writeLong(balance.provisional);
            out.writeLong(balance.version);
        }

        private void write(OrderLine line) throws IOException {
            out.writeString(line.order);
            out.writeString(line.line);
            out.writeString(line.location);
            out.writeLong(line.ordered);
            out.writeLong(line.shipped);
            out.writeLong(line.cancelled);
            out.writeBoolean(line.confirmed);
        }
    }

    private static final class Reader implements Deserializer<Stock> {
        private BinaryDecoder in;

        @Override
        public Stock deserialize(String topic, byte[] value) {
            if (value == null) {
                return null;
            }
            in = DecoderFactory.get().binaryDecoder(value, in);
            try {
                return stock();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        private Stock stock() throws IOException {
            Stock stock = new Stock();
            stock.version = in.readLong();
            for (int left = in.readInt(); left > 0; left--) {
                stock.balances.add(balance());
            }
            for (int left = in.readInt(); left > 0; left--) {
                stock.lines.add(line());
            }
            return stock;
        }

        private Balance balance() throws IOException {
            Balance balance = new Balance(in.readString(null));
            balance.onHand = in.readLong();
            balance.committed = in.readLong();
            balance.reserved = in.readLong();
            balance.provisional = in.readLong();
            balance.version = in.readLong();
            return balance;
        }

        private OrderLine line() throws IOException {
            OrderLine line = new OrderLine(in.readString(null), in.readString(null));
            line.location = in.readString(null);
            line.ordered = in.readLong();
            line.shipped = in.readLong();
            line.cancelled = in.readLong();
            line.confirmed = in.readBoolean();
            return line;
        }
    }
}

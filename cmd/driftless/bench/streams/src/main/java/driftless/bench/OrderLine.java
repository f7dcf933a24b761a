package driftless.bench;

import org.apache.avro.util.Utf8;

/** An order line that is still open: its units count as committed at its location. */
final class OrderLine {
    final Utf8 order;
    final Utf8 line;
    Utf8 location;
    long ordered;
    long shipped;
    long cancelled;
    /** Whether the ERP has reported it: from then on the web shop's word no longer counts. */
    boolean confirmed;

    OrderLine(Utf8 order, Utf8 line) {
        this.order = order;
        this.line = line;
    }

    long open() {
        return Math.max(0, ordered - shipped - cancelled);
    }

    long provisional() {
        return confirmed ? 0 : open();
    }

    boolean is(CharSequence order, CharSequence line) {
        return this.order.equals(order) && this.line.equals(line);
    }
}

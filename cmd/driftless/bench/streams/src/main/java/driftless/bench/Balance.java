package driftless.bench;

import org.apache.avro.util.Utf8;

/** The figures of one SKU at one location, in base units. */
final class Balance {
    final Utf8 location;
    long onHand;
    long committed;
    long reserved;
    long provisional;
    long version;

    Balance(Utf8 location) {
        this.location = location;
    }

    long availableToPromise() {
        return onHand - committed - reserved;
    }

    /** Adds another location's figures, for the network row. */
    void add(Balance other) {
        onHand += other.onHand;
        committed += other.committed;
        reserved += other.reserved;
        provisional += other.provisional;
    }
}

package driftless.bench;

import driftless.InventoryEvent;
import driftless.InventoryEventType;

/** Makes events for tests: of one SKU unless told otherwise, each with a transaction id of its own. */
final class Events {
    private static final AvroSerializer<InventoryEvent> SERIALIZER = new AvroSerializer<>(InventoryEvent.getClassSchema());
    private static long made;

    private Events() { }

    static InventoryEvent.Builder of(InventoryEventType type, String sku, long units, String location) {
        made++;
        return InventoryEvent.newBuilder().setType(type).setSource("source").setTransactionId("transaction-" + made)
                .setSequence(made).setOccurredAt(made).setItem(sku).setHasQuantity(true).setQuantityValue(units)
                .setQuantityUnit("C62").setLocation(location);
    }

    static InventoryEvent.Builder ofLine(InventoryEventType type, String sku, String order, long units, String location) {
        return of(type, sku, units, location).setOrderId(order).setLineId("1");
    }

    static byte[] encode(InventoryEvent event) {
        return SERIALIZER.serialize("", event);
    }
}

package driftless.bench;

import driftless.InventoryEvent;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.util.Utf8;

/** Everything that is kept of one SKU: a balance for each location, and its open order lines. */
final class Stock {
    private static final Utf8 UNASSIGNED = new Utf8("unassigned");
    private static final Utf8 NETWORK = new Utf8("*");

    final List<Balance> balances = new ArrayList<>(2);
    final List<OrderLine> lines = new ArrayList<>(2);
    /** Rises with every event that changes a figure: the version of the network row. */
    long version;

    /** Applies an event and returns what it changed of each location's balance. */
    List<Movement> apply(InventoryEvent event) {
        List<Movement> movements = new ArrayList<>(2);
        long quantity = event.getQuantityValue();
        switch (event.getType()) {
            case StockCounted -> count(event, movements);
            case GoodsReceived, TransferReceived, StockAdjusted -> moveOnHand(event, quantity, movements);
            case StockSold, TransferShipped -> moveOnHand(event, -quantity, movements);
            case OrderPlaced, OrderCommitted, OrderCancelled -> changeLine(event, movements);
            case OrderShipped -> {
                moveOnHand(event, -quantity, movements);
                changeLine(event, movements);
            }
            default -> { }
        }
        if (!movements.isEmpty()) {
            version++;
        }
        return movements;
    }

    /** Sums all locations. */
    Balance network() {
        Balance sum = new Balance(NETWORK);
        for (Balance balance : balances) {
            sum.add(balance);
        }
        sum.version = version;
        return sum;
    }

    /** Finds a location's balance, or begins one. */
    Balance balance(CharSequence location) {
        for (Balance balance : balances) {
            if (balance.location.equals(location)) {
                return balance;
            }
        }
        Balance begun = new Balance(kept(location));
        balances.add(begun);
        return begun;
    }

    /** A count is absolute: it replaces what was on hand. */
    private void count(InventoryEvent event, List<Movement> movements) {
        long before = balance(event.getLocation()).onHand;
        moveOnHand(event, event.getQuantityValue() - before, movements);
    }

    private void moveOnHand(InventoryEvent event, long units, List<Movement> movements) {
        move(event.getLocation(), units, 0, 0, movements);
    }

    private void changeLine(InventoryEvent event, List<Movement> movements) {
        OrderLine line = line(event);
        if (line == null) {
            return;
        }
        Utf8 before = line.location;
        long open = line.open();
        long provisional = line.provisional();
        change(line, event);
        if (before.equals(line.location)) {
            move(before, 0, line.open() - open, line.provisional() - provisional, movements);
        } else {
            move(before, 0, -open, -provisional, movements);
            move(line.location, 0, line.open(), line.provisional(), movements);
        }
        if (line.open() == 0) {
            lines.remove(line);
        }
    }

    /** Finds the event's order line; a report of a new one begins it, anything else returns null. */
    private OrderLine line(InventoryEvent event) {
        for (OrderLine line : lines) {
            if (line.is(event.getOrderId(), event.getLineId())) {
                return line;
            }
        }
        return switch (event.getType()) {
            case OrderPlaced, OrderCommitted -> {
                OrderLine begun = new OrderLine(kept(event.getOrderId()), kept(event.getLineId()));
                begun.location = place(event);
                lines.add(begun);
                yield begun;
            }
            default -> null;
        };
    }

    private static void change(OrderLine line, InventoryEvent event) {
        long quantity = event.getQuantityValue();
        switch (event.getType()) {
            case OrderPlaced -> {
                if (!line.confirmed) {
                    report(line, event);
                }
            }
            case OrderCommitted -> {
                line.confirmed = true;
                report(line, event);
            }
            case OrderCancelled -> line.cancelled = event.getHasQuantity() ? line.cancelled + quantity : line.ordered;
            case OrderShipped -> line.shipped += quantity;
            default -> throw new IllegalArgumentException("no event of an order line: " + event.getType());
        }
    }

    private static void report(OrderLine line, InventoryEvent event) {
        line.ordered = event.getQuantityValue();
        Utf8 place = place(event);
        if (!line.location.equals(place)) {
            line.location = place;
        }
    }

    private static Utf8 place(InventoryEvent event) {
        return event.getLocation().isEmpty() ? UNASSIGNED : kept(event.getLocation());
    }

    private void move(CharSequence location, long onHand, long committed, long provisional, List<Movement> movements) {
        if (onHand == 0 && committed == 0 && provisional == 0) {
            return;
        }
        Balance balance = balance(location);
        balance.onHand += onHand;
        balance.committed += committed;
        balance.provisional += provisional;
        balance.version++;
        movements.add(new Movement(balance.location, onHand, committed, provisional));
    }

    /** Copies text: the event that holds it is filled again by the next one. */
    private static Utf8 kept(CharSequence text) {
        return new Utf8((Utf8) text);
    }
}

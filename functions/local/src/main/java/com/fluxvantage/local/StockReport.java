package com.fluxvantage.local;

import com.fluxvantage.migrations.StockCheck;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;

/**
 * The proof at the end: the database's own invariants, bucket by bucket, and our own count of
 * units.
 */
final class StockReport {
    private static final int MOST_SHOWN = 20;

    // The buckets' side of receipts, shipments and counts; the other sides are virtual places.
    private static final String LEDGER =
            """
            select item.sku,
                   coalesce(sum(movement.quantity) filter (where movement.kind = 'RECEIPT'), 0),
                   coalesce(-sum(movement.quantity) filter (where movement.kind = 'SHIP'), 0)
              from wms.movement
              join wms.item
                on item.tenant_id = movement.tenant_id
               and item.item_id = movement.item_id
             where movement.tenant_id = ?
               and movement.bucket_id is not null
             group by item.sku
            """;

    private final Terminal terminal;

    StockReport(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Whether everything holds. What does not is told first. */
    boolean print(LocalPostgres postgres) {
        return print(postgres, List.of());
    }

    /**
     * The same, and each tenant's sums: SKU by SKU, what came in less what was shipped is what the
     * API shows.
     */
    boolean print(LocalPostgres postgres, List<Floor> floors) {
        try (var checker = LocalPlatform.checker(postgres);
                var owner = LocalPlatform.owner(postgres)) {
            boolean isSound = invariants(checker);
            for (var floor : floors) {
                isSound &= sums(owner, floor);
            }
            return isSound;
        } catch (SQLException e) {
            throw new CannotStart("The stock could not be checked.", e);
        }
    }

    private boolean invariants(Connection connection) throws SQLException {
        var findings = StockCheck.run(connection);
        if (findings.isEmpty()) {
            terminal.line(
                    terminal.green(
                            "The stock is sound: every bucket, reservation and posting was"
                                    + " checked."));
            return true;
        }
        terminal.line(terminal.red("The stock is broken in %d places.".formatted(findings.size())));
        findings.stream().limit(MOST_SHOWN).forEach(it -> terminal.line("  " + it));
        return false;
    }

    private boolean sums(Connection connection, Floor floor) throws SQLException {
        try (var statement = connection.prepareStatement(LEDGER)) {
            statement.setObject(1, floor.tenant().uuid());
            long received = 0;
            long shipped = 0;
            var left = new HashMap<String, Long>();
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    received += row.getLong(2);
                    shipped += row.getLong(3);
                    left.put(row.getString(1), row.getLong(2) - row.getLong(3));
                }
            }
            var onHand = floor.onHand();
            // What was shipped to the last unit has no stock to show.
            left.values().removeIf(units -> units == 0);
            onHand.values().removeIf(units -> units == 0);
            boolean isRight = left.equals(onHand) && shipped >= floor.tally().units.get();
            String sentence =
                    "The %s received %d units, shipped %d and has %d on hand: "
                            .formatted(
                                    floor.name(),
                                    received,
                                    shipped,
                                    onHand.values().stream().mapToLong(it -> it).sum());
            terminal.line(
                    isRight
                            ? terminal.green(sentence + "none lost, none invented.")
                            : terminal.red(sentence + "that does not add up."));
            return isRight;
        }
    }
}

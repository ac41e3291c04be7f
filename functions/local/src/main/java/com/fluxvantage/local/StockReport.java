package com.fluxvantage.local;

import com.fluxvantage.migrations.StockCheck;

import java.sql.Connection;
import java.sql.SQLException;
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
            select coalesce(sum(quantity) filter (where kind = 'RECEIPT'), 0),
                   coalesce(-sum(quantity) filter (where kind = 'SHIP'), 0)
              from wms.movement
             where tenant_id = ?
               and bucket_id is not null
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
     * The same, and each tenant's sums: what came in less what was shipped is what the API shows.
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
            try (var row = statement.executeQuery()) {
                row.next();
                long received = row.getLong(1);
                long shipped = row.getLong(2);
                long onHand = floor.onHand();
                boolean isRight =
                        received - shipped == onHand && shipped >= floor.tally().units.get();
                String sentence =
                        "The %s received %d units, shipped %d and has %d on hand: "
                                .formatted(floor.name(), received, shipped, onHand);
                terminal.line(
                        isRight
                                ? terminal.green(sentence + "none lost, none invented.")
                                : terminal.red(sentence + "that does not add up."));
                return isRight;
            }
        }
    }
}

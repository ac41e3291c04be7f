package com.fluxvantage.migrations;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Compares stock, reservations and ledger of all tenants, bucket by bucket, and reservations with
 * what the order lines say, line by line. It runs as {@code fv_checker}, which sees ids and
 * quantities and may change nothing.
 */
public final class StockCheck {
    private static final String CHECK =
            """
            select invariant, tenant, subject, expected, found
              from wms.check_stock()
            """;

    /** What has to hold, and how it is told when it does not. */
    public enum Invariant {
        I1("holds less than nothing"),
        I2("promises what it does not hold"),
        I3("has legs that do not balance"),
        I4("does not hold what its ledger says"),
        I5("does not promise what its reservations say"),
        LINE("has parts that are not what was ordered"),
        PROMISE("is not promised what its reservations say"),
        ORPHAN("promises goods that are not there, or to no order line");

        private final String broken;

        Invariant(String broken) {
            this.broken = broken;
        }
    }

    /**
     * One thing that is wrong.
     *
     * @param subject the kind of thing and its id: {@code bucket 0198...}
     */
    public record Finding(
            Invariant invariant, UUID tenant, String subject, long expected, long found) {
        /** One sentence for whoever has to look into it. */
        @Override
        public String toString() {
            return "Tenant %s: %s %s (%s): expected %d, found %d."
                    .formatted(tenant, subject, invariant.broken, invariant, expected, found);
        }
    }

    private StockCheck() {}

    /** Nothing found means that all is well. One statement: all sums are of one moment. */
    public static List<Finding> run(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(CHECK);
                var rows = statement.executeQuery()) {
            var findings = new ArrayList<Finding>();
            while (rows.next()) {
                findings.add(
                        new Finding(
                                Invariant.valueOf(rows.getString("invariant")),
                                rows.getObject("tenant", UUID.class),
                                rows.getString("subject"),
                                rows.getLong("expected"),
                                rows.getLong("found")));
            }
            return List.copyOf(findings);
        }
    }
}

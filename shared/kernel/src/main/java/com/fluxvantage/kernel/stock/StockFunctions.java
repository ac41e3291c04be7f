package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.operation.Names;
import com.fluxvantage.kernel.quantity.Quantity;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The three functions of the database that change stock, one round trip each. They lock all buckets
 * by id, check on the locked rows, and change everything or nothing.
 */
public final class StockFunctions {
    private static final String POST =
            """
            select bucket, outcome, version, asked, free
              from wms.post(:posting, :kind, :occurred_at, :against, :document_type, :document, :reason, cast(:legs as jsonb), :reverses)
            """;

    private static final String RESERVE =
            """
            select bucket, outcome, version, asked, free
              from wms.reserve(:reservations, :demands, :buckets, :quantities, :at, :good_until)
            """;

    private static final String RELEASE =
            """
            select bucket, outcome, version, asked, free
              from wms.release(:reservations)
            """;

    private record Row(
            UUID bucket,
            String outcome,
            @Nullable Long version,
            @Nullable Long asked,
            @Nullable Long free) {}

    private StockFunctions() {}

    public static StockAnswer post(Handle sql, Posting posting) {
        return answer(
                sql.createQuery(POST)
                        .bind("posting", posting.id())
                        .bind("kind", posting.kind().name())
                        .bind("occurred_at", posting.occurredAt())
                        .bind("against", posting.against().map(Enum::name))
                        .bind("document_type", posting.document().type())
                        .bind("document", posting.document().id().map(it -> it.uuid()))
                        .bind("reason", posting.reason())
                        .bind("legs", legs(posting.legs()))
                        .bind("reverses", posting.reverses()));
    }

    public static StockAnswer reserve(
            Handle sql, List<Reserving> wanted, Instant at, Optional<LocalDate> goodUntil) {
        return answer(
                sql.createQuery(RESERVE)
                        .bind(
                                "reservations",
                                wanted.stream().map(it -> it.id().uuid()).toArray(UUID[]::new))
                        .bind(
                                "demands",
                                wanted.stream().map(it -> it.demand().uuid()).toArray(UUID[]::new))
                        .bind(
                                "buckets",
                                wanted.stream().map(it -> it.bucket().uuid()).toArray(UUID[]::new))
                        .bind(
                                "quantities",
                                wanted.stream()
                                        .map(it -> it.quantity().units())
                                        .toArray(Long[]::new))
                        .bind("at", at)
                        .bind("good_until", goodUntil));
    }

    public static StockAnswer release(Handle sql, List<ReservationId> reservations) {
        return answer(
                sql.createQuery(RELEASE)
                        .bind(
                                "reservations",
                                reservations.stream()
                                        .map(ReservationId::uuid)
                                        .toArray(UUID[]::new)));
    }

    private static StockAnswer answer(Query query) {
        var rows = query.mapTo(Row.class).list();
        if (rows.stream().allMatch(row -> row.outcome.equals("OK"))) {
            return new StockAnswer.Changed(rows.stream().map(StockFunctions::changed).toList());
        }
        return new StockAnswer.Unchanged(rows.stream().map(StockFunctions::obstacle).toList());
    }

    private static BucketVersion changed(Row row) {
        if (row.version == null || row.free == null) {
            throw new IllegalStateException("a changed bucket has a version");
        }
        return new BucketVersion(new BucketId(row.bucket), row.version, new Quantity(row.free));
    }

    private static StockAnswer.Obstacle obstacle(Row row) {
        return new StockAnswer.Obstacle(
                new BucketId(row.bucket),
                StockAnswer.Reason.valueOf(row.outcome),
                Optional.ofNullable(row.version),
                Optional.ofNullable(row.asked).map(Quantity::new),
                Optional.ofNullable(row.free).map(Quantity::new));
    }

    // Ids, numbers and words of closed lists only: nothing in it needs escaping.
    private static String legs(List<Leg> legs) {
        return legs.stream()
                .map(StockFunctions::leg)
                .collect(java.util.stream.Collectors.joining(",", "[", "]"));
    }

    private static String leg(Leg leg) {
        var fields = new ArrayList<String>();
        fields.add("\"quantity\":" + leg.units());
        switch (leg.bucket()) {
            case Bucket.Known(var id) -> fields.add(text("bucket", id.uuid()));
            case Bucket.Keyed(var item, var location, var owner, var lot, var lpn, var status) -> {
                fields.add(text("item", item.uuid()));
                fields.add(text("location", location.uuid()));
                fields.add(text("owner", owner.uuid()));
                lot.ifPresent(it -> fields.add(text("lot", it.uuid())));
                lpn.ifPresent(it -> fields.add(text("lpn", it.uuid())));
                fields.add(text("status", status.name()));
            }
        }
        leg.reservation().ifPresent(it -> fields.add(text("reservation", it.uuid())));
        leg.demand().ifPresent(it -> fields.add(text("demand", it.uuid())));
        leg.line().ifPresent(it -> fields.add(text("line", it.uuid())));
        leg.seenVersion().ifPresent(it -> fields.add("\"seen\":" + it));
        return String.join(",", fields).transform(it -> "{" + it + "}");
    }

    private static String text(String field, Object value) {
        return "\"" + Names.snake(field) + "\":\"" + value + "\"";
    }
}

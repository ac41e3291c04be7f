package com.fluxvantage.migrations;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** The stock functions, called as an operation calls them: each in a transaction of its own. */
record Stock(Database database, House house) {
    static final Instant MORNING = Instant.parse("2026-11-24T06:00:00Z");

    /** One row of an answer; what is not told is null. */
    record Answer(
            UUID bucket,
            String outcome,
            @Nullable Long version,
            @Nullable Long asked,
            @Nullable Long free) {
        private static Answer of(String row) {
            var part = row.split(" ", -1);
            return new Answer(
                    UUID.fromString(part[0]),
                    part[1],
                    number(part[2]),
                    number(part[3]),
                    number(part[4]));
        }

        private static @Nullable Long number(String text) {
            return text.isEmpty() ? null : Long.valueOf(text);
        }
    }

    record Promise(UUID reservation, UUID demand, UUID bucket, long quantity) {
        static Promise of(UUID bucket, UUID demand, long quantity) {
            return new Promise(UUID.randomUUID(), demand, bucket, quantity);
        }
    }

    /** A leg by key, of the house's own tea unless told otherwise. */
    String at(UUID location, long quantity, String... more) {
        var key =
                new StringBuilder(
                        """
                        {"quantity": %d, "item": "%s", "location": "%s", "owner": "%s\"\
                        """
                                .formatted(quantity, house.tea(), location, house.owner()));
        for (var field : more) {
            key.append(", ").append(field);
        }
        return key.append('}').toString();
    }

    static String bucket(UUID bucket, long quantity, String... more) {
        var leg =
                new StringBuilder(
                        "{\"quantity\": %d, \"bucket\": \"%s\"".formatted(quantity, bucket));
        for (var field : more) {
            leg.append(", ").append(field);
        }
        return leg.append('}').toString();
    }

    static String promising(UUID reservation, UUID demand) {
        return "\"reservation\": \"%s\", \"demand\": \"%s\"".formatted(reservation, demand);
    }

    static String using(UUID reservation) {
        return "\"reservation\": \"%s\"".formatted(reservation);
    }

    static String post(
            Session session, String kind, @Nullable String against, Instant at, String... legs) {
        return session
                .rows(
                        """
                        select bucket, outcome, version, asked, free
                          from wms.post(?, ?, ?, ?, 'test', ?, null, cast(? as jsonb))
                         order by bucket
                        """,
                        UUID.randomUUID(),
                        kind,
                        at,
                        against,
                        UUID.randomUUID(),
                        "[" + String.join(", ", legs) + "]")
                .stream()
                .collect(Collectors.joining("\n"));
    }

    /** Posts and commits, or rolls back what was refused. */
    List<Answer> post(String kind, @Nullable String against, Instant at, String... legs) {
        try (var session = Session.shared(database, "fv_api", house.tenant())) {
            return ended(session, post(session, kind, against, at, legs));
        }
    }

    /** Puts back what {@code earlier} had moved. */
    List<Answer> reverse(
            UUID earlier, String kind, @Nullable String against, Instant at, String... legs) {
        try (var session = Session.shared(database, "fv_api", house.tenant())) {
            return ended(
                    session,
                    String.join(
                            "\n",
                            session.rows(
                                    """
                                    select bucket, outcome, version, asked, free
                                      from wms.post(?, ?, ?, ?, 'test', null, null, cast(? as jsonb), ?)
                                     order by bucket
                                    """,
                                    UUID.randomUUID(),
                                    kind,
                                    at,
                                    against,
                                    "[" + String.join(", ", legs) + "]",
                                    earlier)));
        }
    }

    List<Answer> move(String... legs) {
        return post("MOVE", null, MORNING, legs);
    }

    /** Tea comes in at {@code location}; answers the bucket. */
    UUID receive(UUID location, long quantity) {
        return receive(MORNING, at(location, quantity));
    }

    UUID receive(Instant at, String leg) {
        return post("RECEIPT", "SUPPLIER", at, leg).getFirst().bucket();
    }

    List<Answer> reserve(Promise... promises) {
        try (var session = Session.shared(database, "fv_api", house.tenant())) {
            return ended(session, reserve(session, promises));
        }
    }

    static String reserve(Session session, Promise... promises) {
        return String.join(
                "\n",
                session.rows(
                        """
                        select bucket, outcome, version, asked, free
                          from wms.reserve(?, ?, ?, ?, ?, null)
                         order by bucket
                        """,
                        Arrays.stream(promises).map(Promise::reservation).toArray(UUID[]::new),
                        Arrays.stream(promises).map(Promise::demand).toArray(UUID[]::new),
                        Arrays.stream(promises).map(Promise::bucket).toArray(UUID[]::new),
                        Arrays.stream(promises).map(Promise::quantity).toArray(Long[]::new),
                        MORNING));
    }

    List<Answer> release(UUID... reservations) {
        try (var session = Session.shared(database, "fv_api", house.tenant())) {
            var rows =
                    session.rows(
                            "select bucket, outcome, version, asked, free from wms.release(?) order"
                                    + " by bucket",
                            (Object) reservations);
            return ended(session, String.join("\n", rows));
        }
    }

    /**
     * What is promised to the house's line, as an operation would have written it there: here the
     * stock functions are called alone.
     */
    void writeLines() {
        database.run(
                """
                update wms.outbound_order_line as line
                   set allocated = promised.units,
                       unallocated = line.ordered - promised.units
                  from (select coalesce(sum(quantity), 0) as units
                          from wms.reservation
                         where demand_id = '%1$s'
                           and state = 'ACTIVE') as promised
                 where line.order_line_id = '%1$s'
                """
                        .formatted(house.orderLine()));
    }

    /** {@code on_hand reserved} of a bucket. */
    String holds(UUID bucket) {
        return ask("select on_hand, reserved from wms.bucket where bucket_id = ?", bucket);
    }

    Instant age(UUID bucket) {
        return Instant.parse(
                ask(
                        "select to_char(fifo_at at time zone 'UTC',"
                                + " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from wms.bucket where bucket_id ="
                                + " ?",
                        bucket));
    }

    String ask(String sql, @Nullable Object... arguments) {
        try (var session = Session.shared(database, "fv_api_ro", house.tenant())) {
            return String.join("\n", session.rows(sql, arguments));
        }
    }

    static Instant hoursLater(long hours) {
        return MORNING.plus(hours, ChronoUnit.HOURS);
    }

    static List<Answer> answers(String rows) {
        return rows.isEmpty() ? List.of() : rows.lines().map(Answer::of).toList();
    }

    private static List<Answer> ended(Session session, String rows) {
        var answers = answers(rows);
        if (answers.stream().allMatch(it -> it.outcome().equals("OK"))) {
            session.commit();
        } else {
            session.rollback();
        }
        return answers;
    }
}

package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** What the driver really sends, read along on the wire. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class RoundTripsTest {
    private final House house = new House();
    private final CallerContext caller = house.openTenant();
    private final Relay relay = Relay.before(house.database().url(), false);
    private final DatabaseSettings settings =
            new DatabaseSettings(
                    relay.through(house.database().url()), DatabaseSettings.Login.TRUSTED);

    @AfterEach
    void leave() {
        house.close();
        relay.close();
    }

    @Test
    void a_read_of_one_statement_takes_two_the_statement_with_the_proof_and_the_commit() {
        var sandbox = house.sandbox(OwnerOperations.COUNT, settings);

        assertThat(sandbox.call(House.event(caller)).status()).isEqualTo(200);

        assertThat(relay.batches()).hasSize(2);
        assertThat(relay.batches().getFirst()).contains("BEGIN READ ONLY", "fv.enter", "count(*)");
        assertThat(relay.batches().getLast()).isEqualTo("COMMIT; ");
    }

    @Test
    void a_write_of_one_statement_takes_four() {
        var sandbox = house.sandbox(OwnerOperations.ADD, settings);

        assertThat(sandbox.call(House.add(caller, "key-0001", "A")).status()).isEqualTo(201);

        assertThat(relay.batches()).hasSize(4);
        assertThat(relay.batches().get(0)).contains("BEGIN", "fv.enter", "wms.claim");
        assertThat(relay.batches().get(1)).startsWith("insert into wms.owner");
        assertThat(relay.batches().get(2)).contains("wms.conclude").doesNotContain("fv.enter");
        assertThat(relay.batches().get(3)).isEqualTo("COMMIT; ");
    }

    @Test
    void a_second_call_on_the_same_connection_takes_no_more() {
        var sandbox = house.sandbox(OwnerOperations.COUNT, settings);
        sandbox.call(House.event(caller));
        relay.forget();

        sandbox.call(House.event(house.openTenant()));

        assertThat(relay.batches()).hasSize(2);
        assertThat(relay.batches().getFirst()).contains("fv.enter");
    }

    @Test
    void no_start_up_parameter_is_sent_that_a_proxy_forbids() {
        house.sandbox(OwnerOperations.COUNT, settings).call(House.event(caller));

        assertThat(relay.startup().keySet())
                .isSubsetOf(
                        "user",
                        "database",
                        "application_name",
                        "client_encoding",
                        "DateStyle",
                        "TimeZone",
                        "extra_float_digits",
                        "search_path");
        assertThat(relay.startup())
                .containsEntry("user", "fv_api_ro")
                .containsEntry("application_name", "fv-count-owners");
    }

    @Test
    void nothing_is_sent_that_would_pin_a_proxied_session() {
        var reads = house.sandbox(OwnerOperations.COUNT, settings);
        var writes = house.sandbox(OwnerOperations.ADD, settings);
        // More often than the number of times after which the driver would name a statement
        // by itself.
        for (int count = 0; count < 8; count++) {
            reads.call(House.event(caller));
            writes.call(House.add(caller, "key-000" + count, "CODE-" + count));
        }

        assertThat(house.traces(caller)).isEqualTo("8 8 8 8");
        assertThat(relay.named()).isEmpty();
        assertThat(relay.statements())
                .noneMatch(sql ->
                        sql.strip()
                                .matches(
                                        "(?is)(set|prepare|execute|deallocate|discard|declare|listen|savepoint)\\b.*"))
                .allMatch(sql -> sql.length() < 16_000);
    }

    @Test
    void the_proof_travels_as_a_parameter_and_never_in_a_statements_text() {
        house.sandbox(OwnerOperations.COUNT, settings).call(House.event(caller));

        assertThat(String.join("\n", relay.statements())).doesNotContain(caller.proof());
    }
}

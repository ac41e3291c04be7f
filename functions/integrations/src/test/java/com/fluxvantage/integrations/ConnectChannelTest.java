package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.outside.Unopenable;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A shop is connected: its secret goes in, and nothing of it comes out. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ConnectChannelTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Connections mine = new Connections(PLATFORM);
    private final Jobs jobs = new Jobs(PLATFORM);

    @Test
    void the_secret_is_kept_as_ciphertext_that_opens_in_its_row() throws SQLException {
        mine.connect("Shop");

        assertThat(mine.stored()).hasSize(1);
        var stored = mine.stored().getFirst();
        assertThat(stored.version()).isEqualTo(1);
        assertThat(mine.opened(stored)).isEqualTo(Connections.SECRET);
    }

    @Test
    void what_is_answered_is_a_fingerprint_and_it_is_of_the_row() {
        var one = mine.connect("One shop");
        var other = mine.connect("Another shop");

        assertThat(one.secretFingerprint()).matches("[0-9a-f]{8}");
        assertThat(other.secretFingerprint()).isNotEqualTo(one.secretFingerprint());
    }

    /** Two rows of one tenant, of two tenants: whoever swaps them opens neither. */
    @Test
    void ciphertexts_that_are_swapped_in_the_table_open_at_neither_row() throws SQLException {
        var theirs = new Connections(PLATFORM);
        mine.connect("One shop");
        mine.connect("Another shop");
        theirs.connect("Shop");
        var one = mine.stored().getFirst();
        var other = mine.stored().getLast();
        var foreign = theirs.stored().getFirst();

        for (var sealed : List.of(other.sealed(), foreign.sealed())) {
            var swapped = new Connections.Stored(one.id(), one.version(), sealed);
            assertThatThrownBy(() -> mine.opened(swapped)).isInstanceOf(Unopenable.class);
        }
        var older = new Connections.Stored(one.id(), 2, one.sealed());
        assertThatThrownBy(() -> mine.opened(older)).isInstanceOf(Unopenable.class);
        assertThatThrownBy(() -> theirs.opened(one)).isInstanceOf(Unopenable.class);
    }

    /** Everything that the platform has written of it: every text column of every table. */
    @Test
    void the_secret_stands_in_no_table_no_log_and_no_answer() throws SQLException {
        var log = (Logger) LoggerFactory.getLogger("com.fluxvantage.call");
        var usual = log.getLevel();
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        log.setLevel(Level.TRACE);
        log.addAppender(lines);
        Answer answer;
        Answer again;
        try {
            answer = mine.client().call(ConnectChannel.OPERATION, request());
            again = mine.client().call(ConnectChannel.OPERATION, request());
        } finally {
            log.detachAppender(lines);
            log.setLevel(usual);
        }
        String logged =
                lines.list.stream()
                        .map(it -> it.getFormattedMessage() + it.getKeyValuePairs())
                        .collect(Collectors.joining());
        String planted = Connections.SECRET.substring("whsec_".length());

        assertThat(answer.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(409);
        assertThat(answer.toString() + again).doesNotContain(planted);
        assertThat(logged).contains("connect-channel").doesNotContain(planted);
        assertThat(wordsOfAllTables()).contains("SIGNED_PUSH").doesNotContain(planted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "secret",
                "whsec_",
                "whsec_c2hvcnQ=",
                "whsec_not base64 at all, but long enough",
                "cGxhbnRlZC1zZWNyZXQtb2YtYS1zaG9wLTAwMQ=="
            })
    void what_is_no_signing_secret_is_refused_and_not_repeated(String secret) throws SQLException {
        var answer = mine.client().post("connect-channel", Map.of(), body("Shop", secret));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.toString()).contains("#/secret").doesNotContain("\"" + secret + "\"");
        assertThat(mine.stored()).isEmpty();
    }

    @Test
    void a_name_stands_once_and_is_free_again_after_the_end() throws SQLException {
        var first = mine.connect("Shop");

        var answer = mine.client().call(ConnectChannel.OPERATION, request());
        assertThat(answer.code()).isEqualTo("integrations.connection-name-taken");
        assertThat(mine.stored()).hasSize(1);

        mine.client()
                .done(
                        DisconnectChannel.OPERATION,
                        new DisconnectChannel.Request(first.connectionId()));
        assertThat(mine.client().call(ConnectChannel.OPERATION, request()).status()).isEqualTo(201);
    }

    @Test
    void the_same_call_ten_times_at_once_is_one_connection_and_one_secret() throws SQLException {
        String body = body("Shop", Connections.SECRET);

        var answers =
                Together.all(
                        10,
                        _ ->
                                mine.client()
                                        .raw(
                                                "connect-channel",
                                                Map.of(),
                                                Map.of(),
                                                body,
                                                Map.of("Idempotency-Key", "the-same-key")));

        assertThat(answers).extracting(Answer::status).containsOnly(201, 409);
        assertThat(mine.stored()).hasSize(1);
    }

    @Test
    void another_tenants_warehouse_is_missing_and_nothing_is_kept() throws SQLException {
        var theirs = new Connections(PLATFORM);

        var answer =
                mine.client()
                        .call(ConnectChannel.OPERATION, theirs.request("Shop", Connections.SECRET));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(mine.stored()).isEmpty();
    }

    @Test
    void a_connection_pauses_goes_on_and_ends() throws SQLException {
        var connection = mine.connect("Shop").connectionId();

        assertThat(
                        mine.client()
                                .done(
                                        PauseConnection.OPERATION,
                                        new PauseConnection.Request(connection))
                                .state())
                .isEqualTo(ConnectionState.PAUSED);
        assertThat(
                        mine.client()
                                .done(
                                        PauseConnection.OPERATION,
                                        new PauseConnection.Request(connection))
                                .version())
                .isEqualTo(2);
        assertThat(
                        mine.client()
                                .done(
                                        ResumeConnection.OPERATION,
                                        new ResumeConnection.Request(connection))
                                .state())
                .isEqualTo(ConnectionState.ACTIVE);
        assertThat(
                        mine.client()
                                .done(
                                        DisconnectChannel.OPERATION,
                                        new DisconnectChannel.Request(connection))
                                .state())
                .isEqualTo(ConnectionState.ENDED);
        assertThat(
                        mine.client()
                                .call(
                                        ResumeConnection.OPERATION,
                                        new ResumeConnection.Request(connection))
                                .code())
                .isEqualTo("integrations.connection-not-in-this-state");
        assertThat(
                        mine.client()
                                .call(
                                        PauseConnection.OPERATION,
                                        new PauseConnection.Request(connection))
                                .status())
                .isEqualTo(409);
    }

    @Test
    void the_end_of_a_connection_destroys_its_secret() throws SQLException {
        var connection = mine.connect("Shop").connectionId();

        mine.client().done(DisconnectChannel.OPERATION, new DisconnectChannel.Request(connection));

        var stored = mine.stored().getFirst();
        assertThat(stored.sealed()).isEmpty();
        assertThatThrownBy(() -> mine.opened(stored)).isInstanceOf(Unopenable.class);
    }

    @Test
    void another_tenant_sees_no_connection_and_changes_none() {
        var theirs = new Connections(PLATFORM);
        var connection = mine.connect("Shop").connectionId();

        assertThat(
                        theirs.client()
                                .call(
                                        PauseConnection.OPERATION,
                                        new PauseConnection.Request(connection))
                                .status())
                .isEqualTo(404);
        assertThat(
                        theirs.client()
                                .call(
                                        DisconnectChannel.OPERATION,
                                        new DisconnectChannel.Request(connection))
                                .status())
                .isEqualTo(404);
        assertThat(search(theirs)).isEmpty();
        assertThat(search(mine)).hasSize(1);
        assertThat(search(mine).getFirst().state()).isEqualTo(ConnectionState.ACTIVE);
    }

    @Test
    void who_may_not_manage_integrations_is_refused_before_anything_is_sealed() {
        var answer =
                mine.client()
                        .with(Permission.ORDERS_ACCEPT)
                        .call(ConnectChannel.OPERATION, request());

        assertThat(answer.status()).isEqualTo(403);
    }

    /** The export of a tenant reads by the map, and the map says that it is a secret. */
    @Test
    void no_export_takes_the_ciphertext_along() throws SQLException {
        assertThat(
                        jobs.rows(
                                "select column_name || ' ' || class || ' ' || cardinality(exported_to)"
                                        + " from fv.mapped_columns() where table_name ="
                                        + " 'wms.stored_secret' and column_name in ('sealed',"
                                        + " 'fingerprint') and ?::uuid is not null order by 1",
                                mine.client()))
                .containsExactly("fingerprint system 0", "sealed secret 0");
    }

    private ConnectChannel.Request request() {
        return mine.request("Shop", Connections.SECRET);
    }

    private String body(String name, String secret) {
        return """
        {"kind": "SIGNED_PUSH", "name": "%s", "warehouse_id": "%s", "secret": "%s"}
        """
                .formatted(name, mine.given().warehouseId(), secret);
    }

    private static List<SearchConnections.Connection> search(Connections of) {
        return of.client()
                .done(
                        SearchConnections.OPERATION,
                        new SearchConnections.Request(Optional.empty(), Optional.empty()))
                .items();
    }

    private static String wordsOfAllTables() throws SQLException {
        var words = new StringBuilder();
        try (var connection = PLATFORM.database().superuser();
                var statement = connection.createStatement()) {
            var tables = new java.util.ArrayList<String>();
            try (var rows =
                    statement.executeQuery(
                            "select oid::regclass from pg_class where relkind in ('r', 'p') and"
                                    + " relnamespace in ('wms'::regnamespace,"
                                    + " 'guard'::regnamespace)")) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
            for (var table : tables) {
                try (var rows =
                        statement.executeQuery("select row::text from " + table + " as row")) {
                    while (rows.next()) {
                        words.append(rows.getString(1)).append('\n');
                    }
                }
            }
        }
        return words.toString();
    }
}

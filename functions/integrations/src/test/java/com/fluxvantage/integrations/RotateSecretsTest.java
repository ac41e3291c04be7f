package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.Carriers;
import com.fluxvantage.kernel.outside.Mail;
import com.fluxvantage.kernel.outside.ObjectStore;
import com.fluxvantage.kernel.outside.Ports;
import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.SecretContext;
import com.fluxvantage.kernel.outside.Secrets;
import com.fluxvantage.kernel.outside.Shops;
import com.fluxvantage.kernel.outside.Signer;
import com.fluxvantage.kernel.outside.Unopenable;
import com.fluxvantage.kernel.outside.Unreachable;
import com.fluxvantage.kernel.outside.Webhooks;
import com.fluxvantage.runtime.DatabaseLogins;
import com.fluxvantage.runtime.EventFunction;
import com.fluxvantage.runtime.EventMessage;
import com.fluxvantage.runtime.GuardedConnection;
import com.fluxvantage.runtime.TenantTransaction;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Secrets are sealed anew by and by, and whoever dies at it leaves all of them openable. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RotateSecretsTest {
    private static final int SECRETS = RotateSecrets.BATCH + 5;

    /** Stands for a process that is killed: no boundary catches it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final TestPlatform platform = TestPlatform.running("rotate-secrets");
    private final Connections mine = new Connections(platform);
    private final Jobs jobs = new Jobs(platform);

    @BeforeEach
    void begin_in_the_morning() {
        jobs.untilMorning();
    }

    @Test
    void nothing_is_sealed_anew_before_half_a_year_and_everything_after_it() throws SQLException {
        connect(SECRETS);
        var first = mine.stored();

        jobs.later(RotateSecrets.AGE.minusDays(2));
        assertThat(mine.stored()).usingRecursiveComparison().isEqualTo(first);

        jobs.later(Duration.ofDays(3));
        jobs.untilMorning();
        assertAllOpenAt(2);
        assertThat(jobs.result("rotate-secrets", mine.client()))
                .contains("\"left\": 0")
                .contains("\"more\": false");
        // What was there before does not open any more, for its row has another version.
        var put = new Connections.Stored(first.getFirst().id(), 2, first.getFirst().sealed());
        assertThatThrownBy(() -> mine.opened(put)).isInstanceOf(Unopenable.class);
    }

    /** Before and after each thing that is asked of the key service, and so on to the end. */
    @Test
    void killed_at_any_step_all_open_and_the_next_run_finishes() throws SQLException {
        connect(3);
        platform.clock().move(RotateSecrets.AGE.plusDays(1));
        var tick = tick();

        for (int step = 1; step <= 6; step++) {
            for (boolean after : List.of(false, true)) {
                var before = mine.stored();
                try (var worker = new Worker(step, after)) {
                    assertThatThrownBy(() -> worker.take(tick)).isInstanceOf(Killed.class);
                }
                assertThat(mine.stored()).usingRecursiveComparison().isEqualTo(before);
                assertThat(before)
                        .allSatisfy(
                                it -> assertThat(mine.opened(it)).isEqualTo(Connections.SECRET));
                try (var worker = new Worker(0, false)) {
                    // The dead one's lease still stands: this is not taken for done.
                    assertThat(worker.take(tick)).isFalse();
                }
                lapse();
            }
        }
        try (var worker = new Worker(0, false)) {
            assertThat(worker.take(tick)).isTrue();
        }
        assertAllOpenAt(2);
    }

    @Test
    void two_runs_at_once_seal_each_secret_once() throws SQLException {
        connect(SECRETS);
        platform.clock().move(RotateSecrets.AGE.plusDays(1));
        var tick = tick();

        Together.all(
                4,
                _ -> {
                    try (var worker = new Worker(0, false)) {
                        return worker.take(tick);
                    }
                });
        lapse();
        try (var worker = new Worker(0, false)) {
            assertThat(worker.take(tick)).isTrue();
        }

        assertAllOpenAt(2);
    }

    @Test
    void a_run_whose_lease_another_has_taken_over_replaces_nothing() throws SQLException {
        connect(1);
        platform.clock().move(RotateSecrets.AGE.plusDays(1));
        var tick = tick();
        var slow =
                new Worker(
                        2,
                        () -> {
                            lapse();
                            try (var quick = new Worker(0, false)) {
                                assertThat(quick.take(tick)).isTrue();
                            }
                        });

        try (slow) {
            slow.take(tick);
        }

        assertAllOpenAt(2);
    }

    @Test
    void one_that_does_not_open_is_marked_and_keeps_no_other_waiting() throws SQLException {
        connect(3);
        jobs.change(
                "update wms.stored_secret set sealed = set_byte(sealed, 300, 0) || '\\x00' where"
                        + " tenant_id = ? and secret_id = (select secret_id from wms.stored_secret"
                        + " order by secret_id limit 1)",
                mine.client());
        jobs.later(RotateSecrets.AGE.plusDays(1));
        jobs.untilMorning();

        assertThat(
                        jobs.rows(
                                "select version || ' ' || (unopenable_at is not null) from"
                                        + " wms.stored_secret where tenant_id = ? order by"
                                        + " secret_id",
                                mine.client()))
                .containsExactly("1 true", "2 false", "2 false");
        assertThat(jobs.deadLetters(mine.client()))
                .noneMatch(it -> it.startsWith("rotate-secrets"));
    }

    @Test
    void a_secret_that_is_destroyed_stays_destroyed() throws SQLException {
        var connection = mine.connect("Shop").connectionId();
        mine.client().done(DisconnectChannel.OPERATION, new DisconnectChannel.Request(connection));

        jobs.later(RotateSecrets.AGE.plusDays(1));
        jobs.untilMorning();

        assertThat(mine.stored().getFirst().sealed()).isEmpty();
    }

    @Test
    void while_the_key_service_is_away_the_run_fails_and_nothing_is_lost() throws SQLException {
        connect(1);
        platform.clock().move(RotateSecrets.AGE.plusDays(1));
        var tick = tick();

        try (var worker =
                new Worker(
                        1,
                        () -> {
                            throw new Unreachable("KMS", new IllegalStateException("away"));
                        })) {
            assertThat(worker.take(tick)).isFalse();
        }
        assertAllOpenAt(1);
    }

    private void connect(int connections) {
        for (int number = 0; number < connections; number++) {
            mine.connect("Shop " + number);
        }
    }

    private void assertAllOpenAt(int version) throws SQLException {
        assertThat(mine.stored())
                .isNotEmpty()
                .allSatisfy(it -> {
                    assertThat(it.version()).isEqualTo(version);
                    assertThat(mine.opened(it)).isEqualTo(Connections.SECRET);
                });
    }

    private void lapse() {
        try {
            jobs.change(
                    "update wms.stored_secret set leased_until = null where tenant_id = ?",
                    mine.client());
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** A tick of the job that nothing but these workers takes. */
    private EventMessage tick() throws SQLException {
        var stream = UUID.randomUUID();
        jobs.change(
                """
                insert into wms.outbox (tenant_id, stream_id, stream_no, type, payload, made_at, sent_at)
                select ?, '%s', 1, 'tick.rotate-secrets', jsonb_build_object('scheduled_at', '%s'), now(), now()
                """
                        .formatted(stream, platform.clock().instant()),
                mine.client());
        return new EventMessage(mine.client().tenant().uuid(), stream, 1, "tick.rotate-secrets");
    }

    private final class Worker implements AutoCloseable {
        private final GuardedConnection connection =
                new GuardedConnection(platform.database().settings().opener("fv_worker", "rotate"));
        private final EventFunction<?, ?> function;

        private Worker(int step, boolean after) {
            this(
                    after ? -step : step,
                    () -> {
                        throw new Killed();
                    });
        }

        /** Before that many acts, or after them where the number is negative; never at 0. */
        private Worker(int step, Runnable fate) {
            var acts = new AtomicInteger();
            var ports = new FatedPorts(platform.ports(), acts, step, fate);
            this.function =
                    new EventFunction<>(
                            RotateSecrets.OPERATION,
                            new TenantTransaction(connection),
                            platform.clock(),
                            ports,
                            new DatabaseLogins(platform.database().settings(), "rotate"));
        }

        boolean take(EventMessage tick) {
            var record = new SQSEvent.SQSMessage();
            record.setMessageId(UUID.randomUUID().toString());
            record.setBody(tick.json());
            record.setAttributes(
                    new HashMap<>(Map.of("MessageGroupId", "one", "ApproximateReceiveCount", "1")));
            var batch = new SQSEvent();
            batch.setRecords(List.of(record));
            return function.apply(batch).getBatchItemFailures().isEmpty();
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    private record FatedPorts(Ports real, AtomicInteger acts, int step, Runnable fate)
            implements Ports {
        @Override
        public Secrets secrets() {
            return new Secrets() {
                @Override
                public SealedSecret seal(SecretContext context, Secret secret) {
                    int act = acts.incrementAndGet();
                    happens(act);
                    var sealed = real.secrets().seal(context, secret);
                    happens(-act);
                    return sealed;
                }

                @Override
                public Secret open(SecretContext context, SealedSecret sealed) {
                    int act = acts.incrementAndGet();
                    happens(act);
                    var opened = real.secrets().open(context, sealed);
                    happens(-act);
                    return opened;
                }
            };
        }

        private void happens(int now) {
            if (now == step) {
                fate.run();
            }
        }

        @Override
        public Signer signer() {
            return real.signer();
        }

        @Override
        public Mail mail() {
            return real.mail();
        }

        @Override
        public com.fluxvantage.kernel.outside.Backups backups() {
            return real.backups();
        }

        @Override
        public ObjectStore objects(Bucket bucket) {
            return real.objects(bucket);
        }

        @Override
        public Webhooks webhooks() {
            return real.webhooks();
        }

        @Override
        public Carriers carriers() {
            return real.carriers();
        }

        @Override
        public Shops shops() {
            return real.shops();
        }
    }
}

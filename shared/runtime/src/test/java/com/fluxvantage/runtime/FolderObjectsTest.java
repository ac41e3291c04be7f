package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.ObjectStore;
import com.fluxvantage.kernel.outside.TenantObjects;
import com.fluxvantage.kernel.tenancy.TenantId;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;

/** A bucket on this machine, and the part of it that is a tenant's. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class FolderObjectsTest {
    private static final TenantId ADA = new TenantId(new UUID(0, 1));
    private static final TenantId BEN = new TenantId(new UUID(0, 2));

    @TempDir private Path folder;

    private Instant now = Instant.parse("2026-11-24T08:00:00Z");
    private FolderObjects bucket;
    private TenantObjects adas;
    private TenantObjects bens;

    @BeforeEach
    void open() {
        bucket =
                new FolderObjects(
                        folder.resolve("exports"),
                        () -> URI.create("http://localhost:8080"),
                        new Clock() {
                            @Override
                            public Instant instant() {
                                return now;
                            }

                            @Override
                            public java.time.ZoneId getZone() {
                                return ZoneOffset.UTC;
                            }

                            @Override
                            public Clock withZone(java.time.ZoneId zone) {
                                return this;
                            }
                        });
        adas = new TenantObjects(bucket, ADA);
        bens = new TenantObjects(bucket, BEN);
    }

    @Test
    void shows_the_newest_version_and_keeps_the_others() {
        put(adas, "a/b.json", "old");
        put(adas, "a/b.json", "new");

        assertThat(text(adas, "a/b.json")).isEqualTo("new");
        assertThat(bucket.countVersions("t/" + ADA.uuid() + "/")).isEqualTo(2);
        assertThat(adas.list("")).containsExactly(new ObjectStore.Stored("a/b.json", 3));
    }

    @Test
    void an_object_may_be_named_like_a_folder() {
        put(adas, "a", "one");
        put(adas, "a/b", "two");

        assertThat(text(adas, "a")).isEqualTo("one");
        assertThat(text(adas, "a/b")).isEqualTo("two");
    }

    @Test
    void deletes_all_versions_below_a_folder_and_no_others() {
        put(adas, "exports/1/a", "x");
        put(adas, "exports/1/a", "y");
        put(adas, "exports/10/a", "x");
        put(bens, "exports/1/a", "x");

        assertThat(adas.deleteAll("exports/1/")).isEqualTo(new ObjectStore.Deleted(2, false));
        assertThat(adas.deleteAll("exports/1/")).isEqualTo(new ObjectStore.Deleted(0, false));

        assertThat(adas.list("")).hasSize(1);
        assertThat(bens.list("")).hasSize(1);
        assertThat(adas.deleteAll("").versions()).isEqualTo(1);
        assertThat(bens.list("")).hasSize(1);
    }

    @Test
    void no_tenant_sees_the_other() {
        put(adas, "a", "x");

        assertThat(bens.get("a")).isEmpty();
        assertThat(bens.list("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "/a", "a/", "a//b", "..", "../x", "a/../b", "a/./b", "a b", "a@", "a%2F", "ä",
                "a\u0000"
            })
    void refuses_what_is_no_key(String key) {
        assertThatThrownBy(() -> put(adas, key, "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> adas.get(key)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> adas.link(key, Duration.ofMinutes(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_key_is_1024_bytes_at_most_with_what_the_tenant_adds() {
        int room = ObjectStore.LONGEST_KEY_BYTES - ("t/" + ADA.uuid() + "/").length();
        String longest = ("a".repeat(99) + "/").repeat(9) + "a".repeat(room - 900);

        put(adas, longest, "x");

        assertThatThrownBy(() -> put(adas, longest + "a", "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"exports", "exports/1", "/", "../"})
    void removes_and_lists_whole_folders_only(String prefix) {
        assertThatThrownBy(() -> adas.deleteAll(prefix))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> adas.list(prefix)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refuses_a_type_that_is_none() {
        assertThatThrownBy(() -> adas.put("a", "text/html\r\nx: y", new byte[1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_link_shows_its_object_until_it_ends() {
        put(adas, "a", "x");
        var link = URI.create(adas.link("a", Duration.ofMinutes(15)));

        now = now.plus(Duration.ofMinutes(15));
        assertThat(bucket.follow(link))
                .hasValueSatisfying(it -> assertThat(it.content().toArray()).hasSize(1));
        now = now.plusSeconds(1);
        assertThat(bucket.follow(link)).isEmpty();
    }

    @Test
    void a_link_is_good_for_its_object_alone_and_not_for_longer() {
        put(adas, "a", "x");
        put(adas, "b", "x");
        String link = adas.link("a", Duration.ofMinutes(15));

        assertThat(bucket.follow(URI.create(link.replace("/a?", "/b?")))).isEmpty();
        assertThat(bucket.follow(URI.create(link.replace("until=1", "until=2")))).isEmpty();
        assertThat(bucket.follow(URI.create(link.replaceFirst("signature=.", "signature="))))
                .isEmpty();
        assertThat(bucket.follow(URI.create("http://localhost/objects/a"))).isEmpty();
    }

    @Test
    void a_link_is_valid_for_a_second_to_a_week() {
        assertThat(adas.link("a", Duration.ofSeconds(1))).isNotEmpty();
        assertThat(adas.link("a", Duration.ofDays(7))).isNotEmpty();
        for (var refused :
                new Duration[] {
                    Duration.ZERO, Duration.ofMillis(1500), Duration.ofDays(7).plusSeconds(1)
                }) {
            assertThatThrownBy(() -> adas.link("a", refused))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void nobody_changes_or_removes_what_is_locked_before_its_time() {
        byte[] first = {1};
        var until = now.plus(Duration.ofDays(400));

        assertThat(adas.keep("heads/1", "text/plain", first, until, 400)).isTrue();
        assertThat(adas.keep("heads/1", "text/plain", new byte[] {2}, until, 400)).isFalse();
        assertThat(adas.get("heads/1")).hasValue(first);
        assertThatThrownBy(() -> put(adas, "heads/1", "x"))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> adas.deleteAll("heads/"))
                .isInstanceOf(IllegalStateException.class);
        assertThat(adas.get("heads/1")).hasValue(first);

        now = until.minusSeconds(1);
        assertThatThrownBy(() -> adas.deleteAll("")).isInstanceOf(IllegalStateException.class);
        now = until;
        assertThat(adas.deleteAll("").versions()).isEqualTo(1);
        assertThat(adas.list("")).isEmpty();
    }

    @Test
    void a_lock_ends_in_the_future_and_is_of_a_bucket_that_locks() {
        assertThatThrownBy(() -> adas.keep("a", "text/plain", new byte[1], now, 400))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> adas.keep("../a", "text/plain", new byte[1], now.plusSeconds(1), 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Capability.KeepsObjects(Bucket.EXPORTS))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Capability.StoresObjects(Bucket.AUDIT_HEADS))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void put(ObjectStore store, String key, String text) {
        store.put(key, "text/plain", text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ObjectStore store, String key) {
        return new String(store.get(key).orElseThrow(), StandardCharsets.UTF_8);
    }
}

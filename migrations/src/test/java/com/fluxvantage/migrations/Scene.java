package com.fluxvantage.migrations;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Two houses with the same codes, of which the attacker has a proof for one. */
record Scene(Suspect suspect, House mine, House theirs, List<String> breaches) {
    static final List<String> CLIENTS = List.of("fv_api", "fv_api_ro", "fv_worker");
    static final UUID PLATFORM = UUID.fromString("00000000-0000-7000-8000-000000000001");
    static final UUID SYNTHETIC = UUID.fromString("00000000-0000-7000-8000-000000000000");
    static final Map<String, String> STATES =
            Map.of(
                    "provisioning", "write",
                    "trial", "write read export privacy",
                    "active", "write read export privacy",
                    "past_due", "write read export privacy",
                    "suspended", "read export privacy",
                    "wind_down", "read export privacy",
                    "deletion_scheduled", "read export privacy deletion",
                    "deleting", "deletion",
                    "verifying", "deletion",
                    "deleted", "");

    void expect(String what, String start, String found) {
        if (!found.startsWith(start)) {
            breaches.add(what + ": " + found);
        }
    }

    void expectExactly(String what, String expected, String found) {
        if (!found.equals(expected)) {
            breaches.add(what + ": " + found);
        }
    }

    static String enter(String proof, String work) {
        return "select tenant, actor, permissions, audience from fv.enter('%s', '%s')"
                .formatted(proof, work);
    }

    static String delegate(String job, UUID tenant) {
        return "select tenant, actor from fv.delegate_job('%s', '%s')".formatted(job, tenant);
    }

    static String set(String context) {
        return "select set_config('fv.ctx', " + context + ", true)";
    }

    String show(String login, String proof) {
        return suspect.attempt(login, enter(proof, "read")).said();
    }

    /** With a proof for the attacker's own tenant. */
    String entered(String login, String sql) {
        return suspect.attempt(
                        login,
                        login.equals("fv_worker")
                                ? delegate("sweep-empty-buckets", mine.tenant())
                                : enter(Proof.of(mine.tenant()).text(), "read"),
                        sql)
                .said();
    }

    /** What {@code fv.tenant()} says to a context, which names the other house. */
    void context(String what, String expected, String context) {
        expect(
                what,
                expected,
                suspect.attempt("fv_api", set("'" + context + "'"), "select fv.tenant()").said());
    }

    /** All of a context but its code, moved by so many microseconds and backends. */
    String body(int micros, int backends, String login) {
        return suspect.one(
                "select concat_ws('|', '%s', '%s', (extract(epoch from now()) * 1000000)::bigint + %d, pg_backend_pid() + %d, '%s', 's1')"
                        .formatted(theirs.tenant(), Proof.ACTOR, micros, backends, login));
    }

    String sealed(String key, String body) {
        return body + "|" + code(key, body);
    }

    String enterSignedInside(String key, String fields) {
        return show("fv_api", fields + "." + code(key, fields));
    }

    private String code(String key, String text) {
        return suspect.one(
                "select encode(sha256(outer_block || sha256(inner_block || convert_to('%s', 'UTF8'))), 'hex') from guard.hmac_key where key_id = '%s'"
                        .formatted(text, key));
    }

    List<String> tables(String role, String privilege) {
        return suspect.rows(
                """
                select oid::regclass
                  from pg_class
                 where relnamespace = 'wms'::regnamespace
                   and relkind in ('r', 'p')
                   and not relispartition
                   and has_table_privilege('%s', oid, '%s')
                 order by oid::regclass::text collate "C"
                """
                        .formatted(role, privilege));
    }

    /** A table and one of its columns that the login may update, one a line. */
    List<String> updatable(String role) {
        return suspect.rows(
                """
                select attrelid::regclass, min(attname)
                  from pg_attribute
                  join pg_class on pg_class.oid = attrelid
                 where relnamespace = 'wms'::regnamespace
                   and relkind in ('r', 'p')
                   and not relispartition
                   and attnum > 0
                   and attgenerated = ''
                   and has_column_privilege('%s', attrelid, attnum, 'update')
                 group by attrelid
                """
                        .formatted(role));
    }

    /** An insert of one of the attacker's own rows under another tenant's name. */
    String copyOfARow(String table, UUID tenant) {
        var columns =
                suspect.one(
                        """
                        select string_agg(attname, ', ' order by attnum)
                          from pg_attribute
                         where attrelid = '%s'::regclass
                           and attnum > 0
                           and attgenerated = ''
                           and attname <> 'tenant_id'
                        """
                                .formatted(table));
        return "insert into %1$s (tenant_id, %2$s) select '%3$s', %2$s from %1$s limit 1"
                .formatted(table, columns, tenant);
    }
}

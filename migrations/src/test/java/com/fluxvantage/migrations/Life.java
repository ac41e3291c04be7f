package com.fluxvantage.migrations;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A tenant's life told step by step, by whoever takes the step, in one transaction that leaves
 * nothing. What each step answers is gathered into one line. {@code @mine} and {@code @theirs} are
 * the tenants; {@code @30} is the thirtieth day, {@code @30-} and {@code @30+} a second before and
 * after.
 */
final class Life {
    /** Where a tenant stands: state, version, generation, holds, its dates in days. */
    static final String STANDING =
            """
            select concat_ws(' ', '[' || state, 'v' || version, 'g' || generation, 'h' || hold_count,
                             @days(terminates_at), @days(export_until), @days(deletion_starts_at) || ']')
              from wms.tenant
             where tenant_id = '@mine'\
            """;

    private static final String FIRST_DAY = "timestamptz '2030-01-01 00:00:00Z'";
    private static final Pattern DAYS = Pattern.compile("@days\\(([a-z_.]+)\\)");
    private static final Pattern DAY = Pattern.compile("@(\\d+)([-+]?)");

    private final Scene scene;
    private final List<String> sql = new ArrayList<>();
    private String standing = "";

    Life(Scene scene) {
        this.scene = scene;
        given(
                """
                select set_config('test.said', '', true);
                update wms.tenant
                   set name = case tenant_id when '@mine' then 'Mine' else 'Theirs' end,
                       version = 1,
                       generation = 1
                 where tenant_id in ('@mine', '@theirs')\
                """);
    }

    /** Brought about by whatever time or a fault would bring about. */
    Life given(String statements) {
        sql.add("set local session authorization postgres");
        sql.add(told(statements));
        return this;
    }

    /** The member comes in while the tenant is active, and is there when its state changes. */
    Life memberComesIn() {
        given("update wms.tenant set state = 'active' where tenant_id = '@mine'");
        return member("null")
                .given(
                        "select set_config('test.said', regexp_replace(current_setting('test.said'), ' -$', ''), true)");
    }

    Life member(String call) {
        return as(
                "fv_api",
                "member",
                Scene.enter(proof(scene.mine().tenant(), "api", 1), "privacy"),
                call);
    }

    Life operator(int who, String call) {
        return as(
                "fv_platform",
                "operator" + who,
                Scene.enter(proof(Scene.PLATFORM, "platform", who), "write"),
                call);
    }

    Life clock(String call) {
        return as("fv_worker", "clock", Scene.delegate("advance-tenants", Scene.PLATFORM), call);
    }

    Life job(String call) {
        return as(
                "fv_worker", "job", Scene.delegate("apply-retention", scene.mine().tenant()), call);
    }

    /** What no login may call, but only another function of the guard. */
    Life guard(String call) {
        return as("postgres", "guard", "select fv.prime()", call);
    }

    Life see(String query) {
        sql.add("set local session authorization postgres");
        gather("(" + query + ")");
        return this;
    }

    Life standing() {
        return see(STANDING);
    }

    String said() {
        sql.add("set local session authorization postgres");
        sql.add("select ltrim(current_setting('test.said'))");
        return scene.suspect().attempt("postgres", sql.toArray(String[]::new)).said();
    }

    private Life as(String login, String who, String enter, String call) {
        if (!standing.equals(who)) {
            sql.add("set local session authorization postgres");
            sql.add("select set_config('fv.ctx', '', true)");
            sql.add("set local session authorization " + login);
            sql.add(enter);
            standing = who;
        } else {
            sql.add("set local session authorization " + login);
        }
        gather(call);
        return this;
    }

    private void gather(String scalar) {
        sql.add(
                "select set_config('test.said', current_setting('test.said') || ' ' ||"
                        + " coalesce((select ("
                        + told(scalar)
                        + ")::text), '-'), true)");
    }

    private String told(String statement) {
        var days =
                DAYS.matcher(statement)
                        .replaceAll(
                                "coalesce(trim_scale(round(extract(epoch from $1 - "
                                        + FIRST_DAY
                                        + ") / 86400, 2))::text, '-')");
        return DAY.matcher(
                        days.replace("@mine", scene.mine().tenant().toString())
                                .replace("@theirs", scene.theirs().tenant().toString()))
                .replaceAll(found ->
                        "("
                                + FIRST_DAY
                                + " + interval '"
                                + found.group(1)
                                + " days'"
                                + (found.group(2).isEmpty()
                                        ? ")"
                                        : " " + found.group(2) + " interval '1 second')"));
    }

    private static String proof(UUID tenant, String audience, int who) {
        var proof = Proof.of(tenant).forAudience(audience);
        return Proof.signed(
                proof.fields().replace(Proof.MEMBER.toString(), new UUID(0, who).toString()),
                proof.secret());
    }
}

package com.fluxvantage.migrations;

import java.util.List;
import java.util.Map;

/** What the clock, two people and a legal hold do to a tenant. */
final class LivesByTheClock {
    private static final String WOUND_DOWN =
            """
            update wms.tenant
               set state = 'wind_down', returns_to = 'active', terminates_at = @0, window_days = 30,
                   export_until = @30, deletion_starts_at = @37
             where tenant_id = '@mine'\
            """;
    private static final String EXPORT =
            """
            create or replace function guard.export_standing(p_tenant uuid, out standing text, out since timestamptz)
            language plpgsql stable set search_path = pg_catalog, pg_temp
            as $$ begin standing := case when p_tenant = '@mine' then '%s' else 'NONE' end; since := %s; end $$\
            """;
    private static final String TOLD =
            """
            insert into wms.tenant_notice (tenant_id, notice, about_at, days_before, member_id, state, leased_until, sent_at)
            select tenant_id, '%s', @%d, %d, member_id, '%s', now(), case '%s' when 'SENT' then @%d end
              from wms.member
             where tenant_id = '@%s'
             limit 1\
            """;

    private final Scene scene;

    LivesByTheClock(Scene scene) {
        this.scene = scene;
    }

    private Life life() {
        return new Life(scene);
    }

    private void expect(String what, String expected, Life life) {
        scene.expectExactly(what, "allowed " + expected, life.said());
    }

    private static String reminder(int about, int daysBefore, String state, int sentOn) {
        return TOLD.formatted("WINDOW_ENDS", about, daysBefore, state, state, sentOn, "mine");
    }

    private static String expiry(String notice, int about, int sentOn, String whose) {
        return TOLD.formatted(notice, about, 14, "SENT", "SENT", sentOn, whose);
    }

    void aWindowClosesOnWhoeverHasTheDataOrWasToldTwice() {
        var closes = "0 1 [deletion_scheduled v2 g1 h0 0 30 37]";
        expect(
                "exported",
                closes,
                life().given(WOUND_DOWN)
                        .given(EXPORT.formatted("SUCCEEDED", "@9"))
                        .clock("fv.advance_tenants(@30-, 9)")
                        .clock("fv.advance_tenants(@30, 9)")
                        .standing());
        expect(
                "told twice",
                closes,
                life().given(WOUND_DOWN)
                        .given(reminder(30, 14, "SENT", 16))
                        .given(reminder(30, 7, "SENT", 23))
                        .clock("fv.advance_tenants(@30-, 9)")
                        .clock("fv.advance_tenants(@30, 9)")
                        .standing());
        expect(
                "late",
                "1 [deletion_scheduled v2 g1 h0 0 30 45]",
                life().given(WOUND_DOWN)
                        .given(EXPORT.formatted("SUCCEEDED", "@9"))
                        .clock("fv.advance_tenants(@38, 9)")
                        .standing());
        expect(
                "held",
                "0 [wind_down v1 g1 h1 0 30 37]",
                life().given(WOUND_DOWN)
                        .given("update wms.tenant set hold_count = 1 where tenant_id = '@mine'")
                        .given(EXPORT.formatted("SUCCEEDED", "@9"))
                        .clock("fv.advance_tenants(@30, 9)")
                        .standing());
    }

    void aWindowWaitsForWhatIsOurFaultAndNotForever() {
        var told =
                Map.of(
                        "told once",
                        reminder(30, 7, "SENT", 23),
                        "not sent",
                        reminder(30, 14, "SENDING", 23) + ";" + reminder(30, 7, "SENT", 23),
                        "told of something else",
                        expiry("SUSPENSION_EXPIRES", 30, 23, "mine")
                                + ";"
                                + reminder(30, 7, "SENT", 23),
                        "told in another course",
                        reminder(30, 14, "SENT", 0)
                                        .replace("then (", "then ")
                                        .replace("@0 end", "@0- end")
                                + ";"
                                + reminder(30, 7, "SENT", 23),
                        "another was told",
                        TOLD.formatted("WINDOW_ENDS", 30, 14, "SENT", "SENT", 23, "theirs")
                                + ";"
                                + reminder(30, 7, "SENT", 23));
        told.forEach((what, notices) ->
                expect(
                        what,
                        "1 [wind_down v2 g1 h0 0 37 44]",
                        life().given(WOUND_DOWN)
                                .given(notices)
                                .clock("fv.advance_tenants(@30, 9)")
                                .standing()));
        var lost = Map.of("@29", "31", "@28", "32", "@10", "37", "null", "37", "@30", "31");
        lost.forEach((since, until) -> {
            for (var standing : new String[] {"RUNNING", "FAILED"}) {
                expect(
                        standing + " since " + since,
                        "1 [wind_down v2 g1 h0 0 %s %d]"
                                .formatted(until, Integer.parseInt(until) + 7),
                        life().given(WOUND_DOWN)
                                .given(EXPORT.formatted(standing, since))
                                .clock("fv.advance_tenants(@30, 9)")
                                .standing());
            }
        });
        expect(
                "not told, though an export was begun",
                "1 [wind_down v2 g1 h0 0 37 44]",
                life().given(WOUND_DOWN)
                        .given(EXPORT.formatted("NONE", "@29"))
                        .clock("fv.advance_tenants(@30, 9)")
                        .standing());
        expect(
                "twice",
                "1 1 0 [wind_down v3 g1 h0 0 44 51] 0 2",
                life().given(WOUND_DOWN)
                        .given(EXPORT.formatted("FAILED", "@1"))
                        .clock("fv.advance_tenants(@30, 9)")
                        .clock("fv.advance_tenants(@37, 9)")
                        .clock("fv.advance_tenants(@44, 9)")
                        .standing()
                        .clock("fv.advance_tenants(@400, 9)")
                        .see("select window_extensions from wms.tenant where tenant_id = '@mine'"));
    }

    void aSuspensionExpiresTwoWeeksAfterItWasSaidThatItWould() {
        var suspended =
                "update wms.tenant set state = 'suspended', suspended_at = @0 where tenant_id = '@mine'";
        expect(
                "in time",
                "0 1 [wind_down v2 g2 h0 60 90 97]",
                life().given(suspended)
                        .given(expiry("SUSPENSION_EXPIRES", 60, 46, "mine"))
                        .clock("fv.advance_tenants(@60-, 9)")
                        .clock("fv.advance_tenants(@60, 9)")
                        .standing());
        expect(
                "told late",
                "0 1 [wind_down v2 g2 h0 64 94 101]",
                life().given(suspended)
                        .given(expiry("SUSPENSION_EXPIRES", 60, 50, "mine"))
                        .clock("fv.advance_tenants(@64-, 9)")
                        .clock("fv.advance_tenants(@64, 9)")
                        .standing());
        expect(
                "told of an end far ahead",
                "1 [wind_down v3 g2 h0 60 500 507]",
                life().given(suspended)
                        .member("fv.terminate_tenant(@470, 30, 'Mine', @40)")
                        .given("select set_config('test.said', '', true)")
                        .given(expiry("SUSPENSION_EXPIRES", 60, 46, "mine"))
                        .clock("fv.advance_tenants(@60, 9)")
                        .standing());
        for (var untold :
                new String[] {
                    expiry("WINDOW_ENDS", 60, 46, "mine"),
                    expiry("SUSPENSION_EXPIRES", 59, 45, "mine"),
                    expiry("SUSPENSION_EXPIRES", 60, 47, "mine"),
                    expiry("SUSPENSION_EXPIRES", 60, 46, "theirs")
                }) {
            expect(
                    untold,
                    "0 [suspended v1 g1 h0 - - -]",
                    life().given(suspended)
                            .given(untold)
                            .clock("fv.advance_tenants(@60, 9)")
                            .standing());
        }
        expect(
                "told early",
                "0 - [suspended v1 g1 h0 - - -]",
                life().given(suspended)
                        .given(expiry("SUSPENSION_EXPIRES", 60, 30, "mine"))
                        .clock("fv.advance_tenants(@59, 9)")
                        .guard("guard.advance_tenant('@mine', @60-)")
                        .standing());
        expect(
                "an active one was suspended once",
                "0 [active v1 g1 h0 - - -]",
                life().given(suspended)
                        .given(expiry("SUSPENSION_EXPIRES", 60, 46, "mine"))
                        .given("update wms.tenant set state = 'active' where tenant_id = '@mine'")
                        .clock("fv.advance_tenants(@60, 9)")
                        .standing());
    }

    void theClockTakesSoManyTenantsAtOnceAndLeavesTheOthers() {
        var both = WOUND_DOWN.replace("'@mine'", "any ('{@mine,@theirs}')");
        expect(
                "two",
                "1 1 0",
                life().given(both)
                        .given(
                                "update wms.tenant set export_waived_at = @1 where state = 'wind_down'")
                        .clock("fv.advance_tenants(@30, 1)")
                        .clock("fv.advance_tenants(@30, 1)")
                        .clock("fv.advance_tenants(@30, 1)"));
        expect(
                "whoever waits stops nobody",
                "1 0",
                life().given(both)
                        .given(
                                "update wms.tenant set export_waived_at = @1, hold_count = case when tenant_id = least('@mine', '@theirs')::uuid then 1 else 0 end where state = 'wind_down'")
                        .clock("fv.advance_tenants(@30, 1)")
                        .clock("fv.advance_tenants(@30, 1)"));
    }

    /** Whoever is not due is not locked either: a lock leaves a mark on the row. */
    void theClockLeavesAloneWhoeverIsNotDue() {
        var notDue =
                List.of(
                        "state = 'deleted', terminates_at = @1",
                        "terminates_at = @50",
                        "suspended_at = @1",
                        "state = 'suspended', suspended_at = @50",
                        "state = 'deletion_scheduled', terminates_at = null, export_until = @1",
                        "state = 'wind_down', export_until = @70");
        for (var standing : notDue) {
            expect(
                    standing,
                    "0 true",
                    life().given("update wms.tenant set " + standing + " where tenant_id = '@mine'")
                            .clock(
                                    "fv.advance_tenants(@65, 9)"
                                            .replace(
                                                    "65",
                                                    standing.contains("suspended_at = @1")
                                                            ? "65"
                                                            : "49"))
                            .see("select xmax = 0 from wms.tenant where tenant_id = '@mine'"));
        }
    }

    void whoeverWaitsForUsIsCounted() {
        var counts =
                Map.of(
                        "select 1",
                        "0",
                        "update wms.tenant set export_until = @60 where tenant_id = '@mine'",
                        "0",
                        "update wms.tenant set hold_count = 1 where tenant_id = '@mine'",
                        "0",
                        "update wms.tenant set state = 'active', terminates_at = @30 where tenant_id = '@mine'",
                        "0",
                        EXPORT.formatted("FAILED", "@1"),
                        "0",
                        "update wms.tenant set state = 'deleting' where tenant_id = '@mine'",
                        "0",
                        "update wms.tenant set state = 'past_due' where tenant_id = '@mine'",
                        "1",
                        "update wms.tenant set state = 'deleted', window_extensions = 1 where tenant_id = '@mine';"
                                + EXPORT.formatted("FAILED", "@1"),
                        "0");
        counts.forEach((given, waiting) ->
                expect(
                        given,
                        waiting,
                        life().given(WOUND_DOWN)
                                .given(given)
                                .clock("fv.count_waiting_tenants(@30)")));
        expect(
                "an hour",
                "0 1 0",
                life().given(WOUND_DOWN)
                        .clock("fv.count_waiting_tenants(@30 + interval '59 minutes')")
                        .clock("fv.count_waiting_tenants(@30 + interval '1 hour')")
                        .given("update wms.tenant set hold_count = 1 where tenant_id = '@mine'")
                        .clock("fv.count_waiting_tenants(@30 + interval '1 hour')"));
        var lengthened =
                "update wms.tenant set window_extensions = 1, export_until = @60 where tenant_id = '@mine'";
        expect(
                "lengthened, and the fault stands",
                "1 0",
                life().given(WOUND_DOWN)
                        .given(lengthened)
                        .given(EXPORT.formatted("FAILED", "@1"))
                        .clock("fv.count_waiting_tenants(@31)")
                        .given(EXPORT.formatted("SUCCEEDED", "@1"))
                        .clock("fv.count_waiting_tenants(@31)"));
    }
}

package com.fluxvantage.migrations;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The lives of tenants that the database has to tell as they are told here. */
final class Lives {
    private static final String ENDED =
            """
            update wms.tenant
               set state = '%s', terminates_at = @0, window_days = 30, export_until = @30, deletion_starts_at = @37
             where tenant_id = '@mine'\
            """;
    private static final String EXPORT =
            """
            create or replace function guard.export_standing(p_tenant uuid, out standing text, out since timestamptz)
            language plpgsql stable set search_path = pg_catalog, pg_temp
            as $$ begin standing := case when p_tenant = '@mine' then '%s' else 'NONE' end; since := %s; end $$\
            """;

    private static final List<String> STATES =
            List.of(
                    "provisioning",
                    "trial",
                    "active",
                    "past_due",
                    "suspended",
                    "wind_down",
                    "deletion_scheduled",
                    "deleting",
                    "verifying",
                    "deleted");

    private static final Set<String> STAYS = Set.of("active", "past_due", "suspended");

    /** For each event the states in which it happens; in every other one nothing does. */
    private static final Map<String, Set<String>> HAPPENS =
            Map.ofEntries(
                    Map.entry("terminate", STAYS),
                    Map.entry(
                            "reactivate",
                            Set.of(
                                    "active",
                                    "past_due",
                                    "suspended",
                                    "wind_down",
                                    "deletion_scheduled")),
                    Map.entry("waive", Set.of("wind_down")),
                    Map.entry("lengthen", Set.of("active", "past_due", "suspended", "wind_down")),
                    Map.entry("delete_now", Set.of("wind_down")),
                    Map.entry("cancel", Set.of("deletion_scheduled")),
                    Map.entry("suspend", Set.of("active", "past_due")),
                    Map.entry("lift", Set.of("suspended")),
                    Map.entry("start", Set.of("deletion_scheduled")),
                    Map.entry("finish-deletion", Set.of("deleting")),
                    Map.entry("find-residue", Set.of("verifying")),
                    Map.entry("replan-deletion", Set.of("verifying")),
                    Map.entry("certify-deletion", Set.of("verifying")));

    private final Scene scene;

    Lives(Scene scene) {
        this.scene = scene;
    }

    private Life life() {
        return new Life(scene);
    }

    private void expect(String what, String expected, Life life) {
        scene.expectExactly(what, "allowed " + expected, life.said());
    }

    private static String terminate(String effective, String at) {
        return "fv.terminate_tenant(%s, 30, 'Mine', %s)".formatted(effective, at);
    }

    /** Every event in every state: it happens where it is listed, and else changes nothing. */
    void eachEventInEachState() {
        for (var state : STATES) {
            var life =
                    life().given(
                                    "insert into wms.suspension (tenant_id, suspension_id, reason, state, proposed_by, proposed_at, confirmed_by, confirmed_at)"
                                            + " values ('@mine', gen_random_uuid(), 'LEGAL', 'IN_FORCE', 'a', @0, 'b', @0)");
            var expected = new StringBuilder();
            for (var event : new java.util.TreeSet<>(HAPPENS.keySet())) {
                life.memberComesIn().given(ENDED.formatted(state));
                step(life, event);
                life.see("select state from wms.tenant where tenant_id = '@mine'");
                expected.append(' ')
                        .append(outcome(event, state))
                        .append(' ')
                        .append(after(event, state));
            }
            scene.expectExactly(state, "allowed " + expected.toString().strip(), life.said());
        }
    }

    private static void step(Life life, String event) {
        switch (event) {
            case "terminate" -> life.member(terminate("@1", "@1"));
            case "reactivate" -> life.member("fv.reactivate_tenant(@1)");
            case "waive" -> life.member("fv.waive_export('Mine', @1)");
            case "delete_now" -> life.member("fv.delete_tenant_now('Mine', @1)");
            case "cancel" -> life.member("fv.cancel_deletion(@1)");
            case "lengthen" -> life.operator(1, "fv.lengthen_window('@mine', 1, @1)");
            case "suspend" ->
                    life.given(
                                    "delete from wms.suspension where tenant_id = '@mine' and state = 'IN_FORCE'")
                            .operator(1, "fv.suspend_tenant('@mine', 'LEGAL', @1)");
            case "lift" -> life.operator(1, "fv.lift_suspension('@mine', @1)");
            case "start" -> life.guard("guard.start_deletion('@mine', @37)");
            default -> life.guard("guard.pursue_deletion('@mine', '%s', @38)".formatted(event));
        }
    }

    private static String outcome(String event, String state) {
        if (!HAPPENS.getOrDefault(event, Set.of()).contains(state)) {
            return "STATE";
        }
        return switch (event) {
            case "terminate" -> "TERMINATED";
            case "suspend", "lift" -> "PROPOSED";
            default -> "DONE";
        };
    }

    private static String after(String event, String state) {
        if (!outcome(event, state).equals("DONE")) {
            return state;
        }
        return switch (event) {
            case "reactivate" -> STAYS.contains(state) ? state : "active";
            case "delete_now" -> "deletion_scheduled";
            case "cancel" -> "wind_down";
            case "start", "find-residue", "replan-deletion" -> "deleting";
            case "finish-deletion" -> "verifying";
            case "certify-deletion" -> "deleted";
            default -> state;
        };
    }

    void theWholeWay() {
        expect(
                "the whole way",
                "DONE [active v2 g1 h0 10 40 47] 0 1 [wind_down v3 g2 h0 10 40 47] UNCONFIRMED DONE 0 1"
                        + " [deletion_scheduled v5 g2 h0 10 40 47] EARLY DONE DONE DONE DONE DONE"
                        + " [deleted v10 g3 h0 10 40 47]"
                        + " terminate:active>active:member wind-down:active>wind_down:job"
                        + " waive-export:wind_down>wind_down:member"
                        + " close-window:wind_down>deletion_scheduled:job"
                        + " start-deletion:deletion_scheduled>deleting:job"
                        + " active1",
                life().member(terminate("@10", "@0"))
                        .standing()
                        .clock("fv.advance_tenants(@10-, 10)")
                        .clock("fv.advance_tenants(@10, 10)")
                        .standing()
                        .member("fv.waive_export('mine', @20)")
                        .member("fv.waive_export('Mine', @20)")
                        .clock("fv.advance_tenants(@40-, 10)")
                        .clock("fv.advance_tenants(@40, 10)")
                        .standing()
                        .guard("guard.start_deletion('@mine', @47-)")
                        .guard("guard.start_deletion('@mine', @47)")
                        .guard("guard.pursue_deletion('@mine', 'finish-deletion', @48)")
                        .guard("guard.pursue_deletion('@mine', 'find-residue', @48)")
                        .guard("guard.pursue_deletion('@mine', 'finish-deletion', @49)")
                        .guard("guard.pursue_deletion('@mine', 'certify-deletion', @49)")
                        .standing()
                        .see(
                                "select string_agg(event || ':' || from_state || '>' || to_state || ':'"
                                        + " || split_part(actor, ':', 1), ' ' order by course_no) from"
                                        + " wms.tenant_course where tenant_id = '@mine' and course_no"
                                        + " > 1")
                        .see(
                                "select state || version from wms.tenant where tenant_id = '@theirs'"));
    }

    void terminationIsConfirmedAndNotInThePast() {
        expect(
                "termination",
                "UNCONFIRMED PAST [active v1 g1 h0 - - -] DONE TERMINATED [active v2 g1 h0 5 35 42]",
                life().member("fv.terminate_tenant(@5, 30, 'Theirs', @5)")
                        .member(terminate("@5-", "@5"))
                        .standing()
                        .member(terminate("@5", "@5"))
                        .member(terminate("@9", "@5"))
                        .standing());
    }

    void reactivationLeadsBackToWhereTheTenantStood() {
        expect(
                "before its date",
                "NOT_TERMINATED DONE DONE [active v3 g2 h0 - - -]",
                life().member("fv.reactivate_tenant(@0)")
                        .member(terminate("@10", "@0"))
                        .member("fv.reactivate_tenant(@1)")
                        .standing());
        for (var stood : Map.of("active", "-", "past_due", "-", "suspended", "45").entrySet()) {
            expect(
                    stood.getKey(),
                    "DONE 1 1 TOO_LATE DONE [%s v5 g3 h0 - - -] %s 0 -"
                            .formatted(stood.getKey(), stood.getValue()),
                    life().given(
                                    "update wms.tenant set state = '%s', suspended_at = case '%s' when 'suspended' then @0 end where tenant_id = '@mine'"
                                            .formatted(stood.getKey(), stood.getKey()))
                            .member(terminate("@10", "@0"))
                            .clock("fv.advance_tenants(@10, 10)")
                            .given(
                                    "update wms.tenant set export_waived_at = @11, window_extensions = 1 where tenant_id = '@mine'")
                            .clock("fv.advance_tenants(@40, 10)")
                            .member("fv.reactivate_tenant(@47)")
                            .member("fv.reactivate_tenant(@45)")
                            .standing()
                            .see(
                                    "select concat_ws(' ', @days(suspended_at), window_extensions,"
                                            + " @days(export_waived_at)) from wms.tenant where"
                                            + " tenant_id = '@mine'"));
        }
    }

    /** A date that has passed while the window was held is no date of a deletion. */
    void whoeverIsStillInTheWindowMayComeBack() {
        expect(
                "in the window",
                "DONE [active v2 g2 h1 - - -]",
                life().given(ENDED.formatted("wind_down"))
                        .given("update wms.tenant set hold_count = 1 where tenant_id = '@mine'")
                        .member("fv.reactivate_tenant(@50)")
                        .standing());
    }

    void theTenantMayHurryAndThinkBetterOfIt() {
        expect(
                "hurry",
                "DONE 1 UNCONFIRMED HELD EXPORT_RUNNING DONE [deletion_scheduled v4 g2 h0 0 30 13]"
                        + " TOO_LATE DONE [wind_down v5 g2 h0 0 30 37]",
                life().member(terminate("@0", "@0"))
                        .clock("fv.advance_tenants(@0, 10)")
                        .member("fv.delete_tenant_now('Theirs', @10)")
                        .given("update wms.tenant set hold_count = 1 where tenant_id = '@mine'")
                        .member("fv.delete_tenant_now('Mine', @10)")
                        .given("update wms.tenant set hold_count = 0 where tenant_id = '@mine'")
                        .given(EXPORT.formatted("RUNNING", "@1"))
                        .member("fv.delete_tenant_now('Mine', @10)")
                        .given(EXPORT.formatted("FAILED", "@1"))
                        .member("fv.delete_tenant_now('Mine', @10)")
                        .standing()
                        .member("fv.cancel_deletion(@13)")
                        .member("fv.cancel_deletion(@13-)")
                        .standing());
        expect(
                "after the window",
                "DONE [wind_down v2 g1 h0 0 42 49]",
                life().given(ENDED.formatted("deletion_scheduled"))
                        .member("fv.cancel_deletion(@35)")
                        .standing());
    }

    void windowsAreLengthened() {
        expect(
                "lengthened",
                "UNKNOWN NOT_TERMINATED DONE TOO_LONG DONE [active v3 g1 h0 0 365 372] active1",
                life().operator(
                                1,
                                "fv.lengthen_window('00000000-0000-7000-8000-00000000dead', 1, @0)")
                        .operator(1, "fv.lengthen_window('@mine', 1, @0)")
                        .member(terminate("@0", "@0"))
                        .operator(1, "fv.lengthen_window('@mine', 336, @0)")
                        .operator(1, "fv.lengthen_window('@mine', 335, @0)")
                        .standing()
                        .see(
                                "select state || version from wms.tenant where tenant_id = '@theirs'"));
        scene.expect(
                "shortened",
                "23514 ERROR: a window is never shortened",
                life().given(ENDED.formatted("wind_down"))
                        .operator(1, "fv.lengthen_window('@mine', 0, @0)")
                        .said());
    }

    /** What the only writer refuses, whatever the function that calls it has decided. */
    void promisesAreKept() {
        var change = "guard.change_course('@mine', '%s', @1, row(@0, 30, %s, %s)::guard.course)";
        var tries =
                Map.of(
                        change.formatted("waive-export", "@30-", "@37"),
                        "23514 ERROR: a window is never shortened",
                        change.formatted("delete-now", "@30-", "@20"),
                        "23514 ERROR: a window is never shortened",
                        change.formatted("waive-export", "@30", "@37-"),
                        "23514 ERROR: a deletion is never brought forward",
                        change.formatted("cancel-deletion", "@30", "@37"),
                        "FV409 ERROR: the tenant's state knows no such event",
                        "guard.pursue_deletion('@mine', 'delete-now', @1)",
                        "22023 ERROR: no step of a deletion",
                        change.replace("'@mine'", "guard.platform_tenant()")
                                .formatted("terminate", "@30", "@37"),
                        "42501 ERROR: this tenant has no end");
        tries.forEach((call, refusal) ->
                scene.expect(
                        call,
                        refusal,
                        life().given(ENDED.formatted("wind_down")).guard(call).said()));
        expect(
                "kept",
                "-",
                life().given(ENDED.formatted("wind_down"))
                        .guard(
                                "nullif("
                                        + change.formatted("waive-export", "@30", "@37")
                                        + "::text, '')"));
        expect(
                "unknown",
                "STATE STATE",
                life().guard("guard.start_deletion(gen_random_uuid(), @1)")
                        .guard("guard.pursue_deletion(gen_random_uuid(), 'find-residue', @1)"));
    }

    void deletionWaitsForHoldsAndExports() {
        expect(
                "deletion",
                "HELD EXPORT_RUNNING DONE DONE HELD DONE DONE HELD",
                life().given(ENDED.formatted("deletion_scheduled"))
                        .given("update wms.tenant set hold_count = 1 where tenant_id = '@mine'")
                        .guard("guard.start_deletion('@mine', @37)")
                        .given("update wms.tenant set hold_count = 0 where tenant_id = '@mine'")
                        .given(EXPORT.formatted("RUNNING", "@1"))
                        .guard("guard.start_deletion('@mine', @37)")
                        .given(EXPORT.formatted("FAILED", "@1"))
                        .guard("guard.start_deletion('@mine', @37)")
                        .guard("guard.pursue_deletion('@mine', 'finish-deletion', @38)")
                        .given("update wms.tenant set hold_count = 1 where tenant_id = '@mine'")
                        .guard("guard.pursue_deletion('@mine', 'certify-deletion', @38)")
                        .guard("guard.pursue_deletion('@mine', 'find-residue', @38)")
                        .guard("guard.pursue_deletion('@mine', 'finish-deletion', @38)")
                        .guard("guard.pursue_deletion('@mine', 'certify-deletion', @38)"));
    }
}

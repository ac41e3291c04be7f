package com.fluxvantage.migrations;

import java.util.List;
import java.util.Map;

/** What two of the platform's people do to a tenant, and one cannot. */
final class LivesOfTwoPersons {
    private static final String HOLD = "00000000-0000-7000-8000-00000000aaaa";
    private static final String OTHER = "00000000-0000-7000-8000-00000000bbbb";
    private static final String SUBJECT = "00000000-0000-7000-8000-00000000cccc";

    private static final List<String> OF_THE_PLATFORM =
            List.of(
                    "fv.lengthen_window('@mine', 1, @1)",
                    "fv.suspend_tenant('@mine', 'LEGAL', @1)",
                    "fv.lift_suspension('@mine', @1)",
                    place(HOLD, "'TENANT', null, null, null, null"),
                    "fv.approve_legal_hold('@mine', '" + HOLD + "', @1)",
                    "fv.discard_legal_hold('@mine', '" + HOLD + "', @1)",
                    "fv.lift_legal_hold('@mine', '" + HOLD + "', @1)",
                    "(select count(*) from fv.search_legal_holds('@mine', null, '"
                            + HOLD
                            + "', 1))");

    private static final List<String> OF_THE_CLOCK =
            List.of(
                    "fv.advance_tenants(@1, 1)",
                    "fv.count_waiting_tenants(@1)",
                    "fv.count_unreviewed_holds(@1)");

    private final Scene scene;

    LivesOfTwoPersons(Scene scene) {
        this.scene = scene;
    }

    private Life life() {
        return new Life(scene);
    }

    private void expect(String what, String expected, Life life) {
        scene.expectExactly(what, "allowed " + expected, life.said());
    }

    private static String place(String hold, String scope) {
        return "fv.place_legal_hold('@mine', '%s', 'M-7', 'TAX', %s, true, @100, @1)"
                .formatted(hold, scope);
    }

    private static String approve(String hold) {
        return "fv.approve_legal_hold('@mine', '" + hold + "', @2)";
    }

    private static String lift(String day) {
        return "fv.lift_legal_hold('@mine', '" + HOLD + "', " + day + ")";
    }

    /** Somebody who stands in another tenant is refused by name, and not only by luck. */
    void whatThePlatformDoesIsDoneFromItsOwnTenant() {
        for (var call : OF_THE_PLATFORM) {
            refused("fv_platform", "select fv.prime()", call);
        }
        for (var call : OF_THE_CLOCK) {
            refused("fv_worker", Scene.delegate("apply-retention", scene.mine().tenant()), call);
        }
    }

    private void refused(String login, String enter, String call) {
        scene.expect(
                call,
                "42501 ERROR:",
                scene.suspect()
                        .attempt(
                                login,
                                enter,
                                "select "
                                        + call.replace("@mine", scene.mine().tenant().toString())
                                                .replaceAll("@\\d+", "now()"))
                        .said()
                        .replace("permission denied", "the door was not asked"));
    }

    void oneProposesAndAnotherSuspends() {
        expect(
                "suspension",
                "UNKNOWN PROPOSED SAME_PERSON OTHER_REASON DONE [suspended v2 g1 h0 - - -] 2 STATE"
                        + " UNKNOWN PROPOSED SAME_PERSON DONE [active v3 g1 h0 - - -] - STATE active1"
                        + " LAPSED/LIFTED IN_FORCE/PROPOSED LIFTED",
                life().given(open("@theirs", "IN_FORCE"))
                        .given(open("@mine", "LAPSED"))
                        .given(lifted())
                        .operator(1, "fv.suspend_tenant(gen_random_uuid(), 'LEGAL', @1)")
                        .operator(1, "fv.suspend_tenant('@mine', 'LEGAL', @1)")
                        .operator(1, "fv.suspend_tenant('@mine', 'LEGAL', @1)")
                        .operator(2, "fv.suspend_tenant('@mine', 'ABUSE', @2)")
                        .given(
                                "delete from wms.suspension where tenant_id = '@theirs'; "
                                        + open("@theirs", "PROPOSED"))
                        .operator(2, "fv.suspend_tenant('@mine', 'LEGAL', @2)")
                        .standing()
                        .see("select @days(suspended_at) from wms.tenant where tenant_id = '@mine'")
                        .operator(1, "fv.suspend_tenant('@mine', 'LEGAL', @3)")
                        .given(
                                "delete from wms.suspension where tenant_id = '@theirs'; "
                                        + open("@theirs", "IN_FORCE"))
                        .operator(1, "fv.lift_suspension(gen_random_uuid(), @3)")
                        .operator(1, "fv.lift_suspension('@mine', @3)")
                        .operator(1, "fv.lift_suspension('@mine', @3)")
                        .operator(2, "fv.lift_suspension('@mine', @4)")
                        .standing()
                        .see("select @days(suspended_at) from wms.tenant where tenant_id = '@mine'")
                        .operator(2, "fv.lift_suspension('@mine', @4)")
                        .see("select state || version from wms.tenant where tenant_id = '@theirs'")
                        .see(
                                "select string_agg(state, '/' order by state) from wms.suspension where"
                                        + " tenant_id = '@mine' and reason = 'SECURITY' and"
                                        + " coalesce(lift_proposed_by, 'c') = 'c'")
                        .see(
                                "select string_agg(state, '/' order by state) || '/PROPOSED' from"
                                        + " wms.suspension where tenant_id = '@theirs' and state ="
                                        + " 'IN_FORCE' and lift_proposed_at is null")
                        .see(
                                "select state from wms.suspension where tenant_id = '@mine' and reason"
                                        + " = 'LEGAL'"));
        expect(
                "no second suspension of one that is lifted by another way",
                "STATE",
                life().given("update wms.tenant set state = 'suspended' where tenant_id = '@mine'")
                        .given(open("@theirs", "IN_FORCE"))
                        .operator(1, "fv.lift_suspension('@mine', @3)"));
    }

    private static String lifted() {
        return open("@mine", "LAPSED")
                + "; update wms.suspension set state = 'LIFTED', lift_proposed_by = 'c', lifted_by ="
                + " 'd', lifted_at = @0 where suspension_id = (select"
                + " max(suspension_id::text)::uuid from wms.suspension where tenant_id = '@mine' and"
                + " reason = 'SECURITY')";
    }

    private static String open(String whose, String state) {
        return """
        insert into wms.suspension (tenant_id, suspension_id, reason, state, proposed_by, proposed_at, confirmed_by, confirmed_at)
        values ('%s', gen_random_uuid(), 'SECURITY', '%s', 'a', @0, 'b', @0)\
        """
                .formatted(whose, state);
    }

    void aProposalLastsAWeek() {
        expect(
                "to suspend",
                "PROPOSED PROPOSED DONE LAPSED:LEGAL/PROPOSED:LEGAL",
                life().given(open("@theirs", "PROPOSED"))
                        .given(lifted())
                        .operator(1, "fv.suspend_tenant('@mine', 'LEGAL', @1)")
                        .operator(2, "fv.suspend_tenant('@mine', 'ABUSE', @8)")
                        .operator(1, "fv.suspend_tenant('@mine', 'ABUSE', @15-)")
                        .see(
                                "select string_agg(state || ':LEGAL', '/' order by state) from"
                                        + " wms.suspension where reason = 'LEGAL' and tenant_id ="
                                        + " '@mine' or reason = 'SECURITY' and tenant_id = '@theirs'"));
        expect(
                "to lift",
                "PROPOSED DONE PROPOSED PROPOSED DONE",
                life().operator(1, "fv.suspend_tenant('@mine', 'LEGAL', @1)")
                        .operator(2, "fv.suspend_tenant('@mine', 'LEGAL', @1)")
                        .operator(1, "fv.lift_suspension('@mine', @1)")
                        .operator(2, "fv.lift_suspension('@mine', @8)")
                        .operator(1, "fv.lift_suspension('@mine', @15-)"));
        expect(
                "to lift a hold",
                "DONE DONE PROPOSED PROPOSED DONE",
                life().operator(1, place(HOLD, "'TENANT', null, null, null, null"))
                        .operator(2, approve(HOLD))
                        .operator(1, lift("@3"))
                        .operator(2, lift("@10"))
                        .operator(1, lift("@17-")));
    }

    void oneWritesAHoldDownAndAnotherPlacesIt() {
        expect(
                "hold",
                "DONE DONE UNKNOWN [active v1 g1 h0 - - -] SAME_PERSON UNKNOWN DONE STATE STATE"
                        + " [active v1 g1 h1 - - -] UNKNOWN PROPOSED SAME_PERSON DONE STATE"
                        + " [active v1 g1 h0 - - -] UNKNOWN DONE STATE STATE RELEASED/DISCARDED 0"
                        + " DISCARDED",
                life().given(drafted("@theirs", HOLD))
                        .operator(1, place(HOLD, "'TENANT', null, null, null, null"))
                        .operator(1, place(OTHER, "'TENANT', null, null, null, null"))
                        .operator(
                                1,
                                place(OTHER, "'TENANT', null, null, null, null")
                                        .replace("'@mine'", "gen_random_uuid()"))
                        .standing()
                        .operator(1, approve(HOLD))
                        .operator(2, approve(SUBJECT))
                        .operator(2, approve(HOLD))
                        .operator(2, approve(HOLD))
                        .operator(2, "fv.discard_legal_hold('@mine', '" + HOLD + "', @2)")
                        .standing()
                        .operator(2, lift("@3").replace(HOLD, SUBJECT))
                        .operator(2, lift("@3"))
                        .operator(2, lift("@3"))
                        .operator(1, lift("@3"))
                        .operator(1, lift("@3"))
                        .standing()
                        .operator(1, "fv.discard_legal_hold('@mine', '" + SUBJECT + "', @3)")
                        .operator(1, "fv.discard_legal_hold('@mine', '" + OTHER + "', @3)")
                        .operator(1, "fv.discard_legal_hold('@mine', '" + OTHER + "', @3)")
                        .operator(1, lift("@3").replace(HOLD, OTHER))
                        .see(
                                "select string_agg(state, '/' order by hold_id) from wms.legal_hold"
                                        + " where tenant_id = '@mine' and matter = 'M-7'")
                        .see("select hold_count from wms.tenant where tenant_id = '@theirs'")
                        .see(
                                "select state from wms.legal_hold where tenant_id = '@theirs' and"
                                        + " hold_id <> '"
                                        + HOLD
                                        + "'"));
        expect(
                "of another tenant it stays a draft",
                "DONE DONE DRAFT- PROPOSED DRAFT- DONE DRAFT-",
                life().given(drafted("@theirs", HOLD))
                        .operator(1, place(HOLD, "'TENANT', null, null, null, null"))
                        .operator(2, approve(HOLD))
                        .see(theirs())
                        .operator(2, lift("@3"))
                        .see(theirs())
                        .operator(1, lift("@3"))
                        .see(theirs()));
        expect(
                "by another tenant's name it is not found",
                "UNKNOWN UNKNOWN UNKNOWN",
                life().given(
                                drafted("@theirs", OTHER)
                                        + "; update wms.legal_hold set state = 'ACTIVE', approved_by ="
                                        + " 'y', approved_at = @0 where tenant_id = '@theirs' and"
                                        + " placed_by = 'x'")
                        .operator(1, lift("@3").replace(HOLD, OTHER))
                        .operator(1, approve(OTHER))
                        .operator(1, "fv.discard_legal_hold('@mine', '" + OTHER + "', @3)"));
        expect(
                "discarded in one tenant",
                "DONE DONE DRAFT-",
                life().given(drafted("@theirs", HOLD))
                        .operator(1, place(HOLD, "'TENANT', null, null, null, null"))
                        .operator(1, "fv.discard_legal_hold('@mine', '" + HOLD + "', @3)")
                        .see(theirs()));
        expect(
                "too late",
                "DONE TOO_LATE TOO_LATE",
                life().operator(1, place(HOLD, "'TENANT', null, null, null, null"))
                        .given("update wms.tenant set state = 'deleted' where tenant_id = '@mine'")
                        .operator(2, approve(HOLD))
                        .operator(2, place(OTHER, "'TENANT', null, null, null, null")));
    }

    private static String drafted(String whose, String hold) {
        return "insert into wms.legal_hold (tenant_id, hold_id, matter, basis, scope, sealed,"
                + " review_at, placed_by, placed_at) values ('"
                + whose
                + "', '"
                + hold
                + "', 'M-8', 'TAX', 'TENANT', true, @100, 'x', @0)";
    }

    private static String theirs() {
        return "select state || coalesce(lift_proposed_by, '-') from wms.legal_hold where tenant_id ="
                + " '@theirs' and hold_id = '"
                + HOLD
                + "'";
    }

    /** A table that is asked for is one of the tenant's, neither a partition nor an index. */
    void aHoldNamesTablesThatThereAre() {
        for (var table :
                Map.of(
                                "item",
                                "DONE",
                                "movement",
                                "DONE",
                                "job",
                                "UNKNOWN_TABLE",
                                "item_pkey",
                                "UNKNOWN_TABLE",
                                "nothing",
                                "UNKNOWN_TABLE")
                        .entrySet()) {
            expect(
                    table.getKey(),
                    table.getValue(),
                    life().operator(
                                    1,
                                    place(
                                            HOLD,
                                            "'TABLES', null, '{item,%s}', null, null"
                                                    .formatted(table.getKey()))));
        }
        expect(
                "a partition",
                "UNKNOWN_TABLE",
                life().operator(
                                1,
                                place(
                                        HOLD,
                                        "'TABLES', null, array(select relname::text from pg_class where relispartition and relkind = 'r' limit 1), null, null")));
    }

    void whatIsHeldIsHeldByItsScopeAlone() {
        var asks =
                """
                concat_ws('/', wms.held('item'), wms.held('asn'), wms.held('item', '%s'), wms.held('item', '%s'))\
                """
                        .formatted(SUBJECT, OTHER);
        var none = "{}/{}/{}/{}";
        var all = "{(,)}/{(,)}/{(,)}/{(,)}";
        var scopes =
                Map.of(
                        "'TENANT', null, null, null, null",
                        all,
                        "'TABLES', null, '{item}', null, null",
                        "{(,)}/{}/{(,)}/{(,)}",
                        "'SUBJECT', '" + SUBJECT + "', null, null, null",
                        "{(,)}/{(,)}/{(,)}/{}",
                        "'TABLES', null, '{asn}', @10, @20",
                        "{}/{[\"2030-01-11 00:00:00+00\",\"2030-01-21 00:00:00+00\")}/{}/{}");
        scopes.forEach((scope, held) ->
                expect(
                        scope,
                        "DONE %s DONE %s".formatted(none, held),
                        life().given(
                                        drafted("@theirs", HOLD)
                                                + "; update wms.legal_hold set state = 'ACTIVE',"
                                                + " approved_by = 'y', approved_at = @0 where"
                                                + " tenant_id = '@theirs' and placed_by = 'x'")
                                .operator(1, place(HOLD, scope))
                                .job(asks)
                                .operator(2, approve(HOLD))
                                .job(asks)));
        // FOR SHARE leaves the transaction that looks for changes of the row its mark.
        expect(
                "it shares the tenant's row",
                "{} true",
                life().job("wms.held('item')")
                        .see("select xmax <> 0 from wms.tenant where tenant_id = '@mine'"));
    }

    void holdsAreFoundAndCounted() {
        var before = "00000000-0000-7000-8000-00000000aaa9";
        var search =
                "coalesce((select string_agg(right(hold_id::text, 4) || state, '/' order by hold_id) from fv.search_legal_holds('@mine', %s, '%s', %d)), '-')";
        expect(
                "found",
                "DONE DONE DONE aaaaACTIVE/bbbbDRAFT bbbbDRAFT aaaaACTIVE aaaaACTIVE 0 1 0",
                life().given(
                                "delete from wms.legal_hold; "
                                        + drafted("@theirs", HOLD).replace("aaaa'", "aaab'"))
                        .operator(1, place(HOLD, "'TENANT', null, null, null, null"))
                        .operator(1, place(OTHER, "'TENANT', null, null, null, null"))
                        .operator(2, approve(HOLD))
                        .operator(1, search.formatted("null", before, 9))
                        .operator(1, search.formatted("null", HOLD, 9))
                        .operator(1, search.formatted("'ACTIVE'", before, 9))
                        .operator(1, search.formatted("null", before, 1))
                        .clock("fv.count_unreviewed_holds(@100-)")
                        .clock("fv.count_unreviewed_holds(@100)")
                        .given(
                                "update wms.legal_hold set state = 'DRAFT', approved_by = null, approved_at = null")
                        .clock("fv.count_unreviewed_holds(@100)"));
    }

    /** The tenant sees what is in force or was, and is not sealed. */
    void theTenantSeesNoSealedHold() {
        var own = "select string_agg(state, '/' order by state) from wms.legal_hold";
        for (var state :
                Map.of("DRAFT", "-", "DISCARDED", "-", "ACTIVE", "ACTIVE", "RELEASED", "RELEASED")
                        .entrySet()) {
            for (boolean sealed : new boolean[] {true, false}) {
                scene.expectExactly(
                        state.getKey() + sealed,
                        "allowed"
                                + (sealed || state.getValue().equals("-")
                                        ? ""
                                        : " " + state.getValue()),
                        scene.suspect()
                                .attempt(
                                        "postgres",
                                        "update wms.legal_hold set sealed = %s, state = '%s', discarded_by = null, discarded_at = null"
                                                .formatted(sealed, state.getKey())
                                                .replace(
                                                        "discarded_by = null, discarded_at = null",
                                                        shape(state.getKey())),
                                        "set local session authorization fv_api_ro",
                                        Scene.enter(Proof.of(scene.mine().tenant()).text(), "read"),
                                        own)
                                .said());
            }
        }
    }

    private static String shape(String state) {
        boolean isApproved = state.equals("ACTIVE") || state.equals("RELEASED");
        boolean isReleased = state.equals("RELEASED");
        boolean isDiscarded = state.equals("DISCARDED");
        return "approved_by = %s, approved_at = %s, lift_proposed_by = %s, released_by = %s, released_at = %s, discarded_by = %s, discarded_at = %s"
                .formatted(
                        isApproved ? "'b'" : "null",
                        isApproved ? "now()" : "null",
                        isReleased ? "'c'" : "null",
                        isReleased ? "'d'" : "null",
                        isReleased ? "now()" : "null",
                        isDiscarded ? "'e'" : "null",
                        isDiscarded ? "now()" : "null");
    }
}

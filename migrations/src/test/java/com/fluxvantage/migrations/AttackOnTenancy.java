package com.fluxvantage.migrations;

import java.util.UUID;

/** What is tried on the beginning and the end of tenants, and on who belongs to one. */
enum AttackOnTenancy implements Attack {
    the_authorizer_finds_one_member_of_one_tenant {
        @Override
        public void on(Scene scene) {
            var find =
                    "select member_id, roles, member_state, tenant_state from fv.find_member('%s',"
                            + " '%s')";
            scene.expectExactly(
                    "sam",
                    "allowed " + scene.mine().member() + " {PICKER} ACTIVE active",
                    scene.suspect()
                            .attempt(
                                    "postgres",
                                    "insert into wms.member (tenant_id, member_id, subject, email,"
                                            + " display_name, roles, added_at)"
                                            + " values ('%s', gen_random_uuid(), 'kim', 'k', 'k', '{PICKER}', now())"
                                                    .formatted(scene.mine().tenant()),
                                    "set local session authorization fv_authorizer",
                                    find.formatted(scene.mine().tenant(), "sam"))
                            .said());
            scene.expectExactly(
                    "a stranger",
                    "allowed",
                    scene.suspect()
                            .attempt(
                                    "fv_authorizer",
                                    find.formatted(scene.mine().tenant(), "nobody"))
                            .said());
        }
    },
    tenants_are_opened_from_the_platform_alone {
        @Override
        public void on(Scene scene) {
            var open =
                    "select fv.open_tenant('%s', 'New', gen_random_uuid(), gen_random_uuid(), 'ann', 'a', 'Ann', now())"
                            .formatted(new UUID(7, 7));
            scene.expect(
                    "from priming",
                    "42501 ERROR: tenants are opened",
                    scene.suspect().attempt("fv_platform", "select fv.prime()", open).said());
            scene.expect(
                    "from nowhere", "28000", scene.suspect().attempt("fv_platform", open).said());
            scene.expect(
                    "with all that belongs to it",
                    "allowed active HOUSE ann {ADMINISTRATOR}",
                    scene.suspect()
                            .attempt(
                                    "fv_platform",
                                    Scene.enter(
                                            Proof.of(Scene.PLATFORM).forAudience("platform").text(),
                                            "write"),
                                    open,
                                    "set local session authorization postgres",
                                    "select tenant.state, code, subject, roles from wms.tenant join"
                                            + " wms.owner using (tenant_id)"
                                            + " join wms.member using (tenant_id) where tenant_id = '%s'"
                                                    .formatted(new UUID(7, 7)))
                            .said());
            var enroll = "select fv.enroll_operator('%s', '%s', 'o', 'O', now())";
            var one = new UUID(8, 8);
            scene.expect(
                    "an operator, once",
                    "allowed " + one,
                    scene.suspect()
                            .attempt(
                                    "fv_migrator",
                                    enroll.formatted(new UUID(9, 9), "lee"),
                                    enroll.formatted(one, "sam"),
                                    enroll.formatted(UUID.randomUUID(), "sam"))
                            .said());
        }
    },
    a_tenant_ends_by_the_steps_that_are_listed_and_no_other {
        @Override
        public void on(Scene scene) {
            var lives = new Lives(scene);
            lives.eachEventInEachState();
            lives.theWholeWay();
            lives.terminationIsConfirmedAndNotInThePast();
            lives.reactivationLeadsBackToWhereTheTenantStood();
            lives.whoeverIsStillInTheWindowMayComeBack();
            lives.theTenantMayHurryAndThinkBetterOfIt();
            lives.windowsAreLengthened();
            lives.promisesAreKept();
            lives.deletionWaitsForHoldsAndExports();
        }
    },
    the_clock_ends_a_tenant_when_it_is_time_and_not_before {
        @Override
        public void on(Scene scene) {
            var lives = new LivesByTheClock(scene);
            lives.aWindowClosesOnWhoeverHasTheDataOrWasToldTwice();
            lives.aWindowWaitsForWhatIsOurFaultAndNotForever();
            lives.aSuspensionExpiresTwoWeeksAfterItWasSaidThatItWould();
            lives.theClockTakesSoManyTenantsAtOnceAndLeavesTheOthers();
            lives.theClockLeavesAloneWhoeverIsNotDue();
            lives.whoeverWaitsForUsIsCounted();
        }
    },
    two_of_the_platforms_people_suspend_and_hold_and_one_does_not {
        @Override
        public void on(Scene scene) {
            var lives = new LivesOfTwoPersons(scene);
            lives.whatThePlatformDoesIsDoneFromItsOwnTenant();
            lives.oneProposesAndAnotherSuspends();
            lives.aProposalLastsAWeek();
            lives.oneWritesAHoldDownAndAnotherPlacesIt();
            lives.aHoldNamesTablesThatThereAre();
            lives.whatIsHeldIsHeldByItsScopeAlone();
            lives.holdsAreFoundAndCounted();
            lives.theTenantSeesNoSealedHold();
        }
    }
}

package com.fluxvantage.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.joining;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The tests of the fences are tested: every part of them is taken away, and some attack or some
 * rule of the catalogue has to notice, each part for itself. The parts are read from the catalogue
 * and from the functions' own text. A fault that nobody notices, and one that can no longer be
 * planted, fail here by name.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class MutationTest {
    /** What can be taken away without harm, and why. */
    private static final Map<String, String> HARMLESS =
            Map.of(
                    "fv.install_proof_key: lock table guard.hmac_key in share row exclusive mode;"
                            + " -> null;",
                    "two installations at the same moment: one transaction cannot show it",
                    "fv.lift_legal_hold: perform guard.lock_tenant(p_tenant); -> null;",
                    "it keeps the order of locks: one transaction cannot show it");

    /**
     * Functions that guard no tenant from another, and the test that tries each of their checks: it
     * changes the catalogue or runs for minutes, which no attack within one transaction can.
     */
    private static final Map<String, List<String>> TRIED_ELSEWHERE =
            Map.of(
                    "StoredDataMapTest",
                    List.of(
                            "fv.data_map_differences",
                            "fv.require_data_map",
                            "fv.store_data_map",
                            "wms.follow_data_map"),
                    "the tests of functions/privacy",
                    List.of(
                            "fv.retention_rules",
                            "wms.retention_rules",
                            "wms.preview_retention",
                            "wms.apply_retention"),
                    "the tests of functions/integrations",
                    List.of(
                            "wms.take_secrets",
                            "wms.keep_sealed",
                            "wms.settle_delivery",
                            "wms.retry_deliveries",
                            "wms.put_aside",
                            "wms.ask_pace",
                            "wms.note_pace",
                            "wms.connection_health",
                            "wms.promisable",
                            "wms.shop_stock",
                            "wms.settle_cancellation",
                            "wms.shop_skus",
                            "wms.skus_to_compare",
                            "wms.mark_stock",
                            "wms.take_stock_to_push",
                            "wms.store_pushed",
                            "wms.store_drift",
                            "wms.end_drift",
                            "fv.find_channel",
                            "fv.put_delivery"),
                    "the tests of functions/carriers",
                    List.of(
                            "wms.store_secret",
                            "wms.destroy_secret",
                            "wms.parcel_rank",
                            "fv.find_carrier",
                            "fv.put_parcel_event"),
                    "the tests of functions/audit",
                    List.of(
                            "fv.chain_audit",
                            "fv.take_audit_signing",
                            "fv.unsigned_audit",
                            "fv.record_audit_signature",
                            "fv.note_signing_key",
                            "fv.signing_keys",
                            "fv.published_keys",
                            "fv.retire_deleted_tenants",
                            "guard.close_segment",
                            "guard.chain_tenant",
                            "guard.make_audit_root",
                            "guard.audit_leaf",
                            "guard.audit_root_digest",
                            "wms.retire_audit"),
                    "the tests of deletion in functions/lifecycle",
                    List.of(
                            "fv.begin_due_deletions",
                            "fv.lease_deletion",
                            "fv.release_deletion",
                            "fv.enter_deletion",
                            "fv.next_erasure",
                            "fv.compare_sight",
                            "fv.close_batch",
                            "fv.next_look",
                            "fv.witness",
                            "fv.stop_deletion",
                            "fv.search_deletions",
                            "fv.are_deletions_paused",
                            "fv.count_stuck_deletions",
                            "fv.pause_deletions",
                            "fv.draft_certificate",
                            "fv.certify_deletion",
                            "fv.find_certificate",
                            "fv.certify_backups",
                            "fv.count_unproved_ends",
                            "fv.find_backup_certificate",
                            "fv.note_kept_certificate",
                            "fv.release_backup_ageing",
                            "fv.take_backup_ageing",
                            "fv.unkept_certificates",
                            "fv.witness_backups",
                            "fv.report_deletion",
                            "guard.attest",
                            "guard.plan_deletion",
                            "guard.require_platform",
                            "guard.begin_deletion",
                            "guard.replay_deletions",
                            "guard.obstacle",
                            "guard.raise_fence",
                            "guard.canonical_json",
                            "guard.hex_digest",
                            "guard.moment",
                            "guard.certificate_of"),
                    "the tests of export in functions/lifecycle",
                    List.of("guard.export_standing"));

    /** Faults that have to be noticed by trying, and not only by reading the catalogue. */
    private static final Set<Mutation> ARE_TRIED =
            EnumSet.of(
                    Mutation.both_policies_let_everything_through,
                    Mutation.a_state_allows_more,
                    Mutation.a_state_allows_less,
                    Mutation.a_login_takes_proofs_for_another);

    /**
     * Rights given beyond the list: each is a line of its own, so all of a kind are given at once.
     */
    private static final Set<Mutation> ARE_LISTED =
            EnumSet.of(
                    Mutation.a_role_may_do_more_with_a_table,
                    Mutation.a_role_may_call_more,
                    Mutation.a_role_may_do_more_in_a_schema);

    private static final Pattern OBJECT = Pattern.compile("\\b(?:wms|fv|guard)\\.\\w+");

    private final Map<String, Integer> noticed = new LinkedHashMap<>();
    private final Check rights = new Check("the list of rights", false, Grants::differences);
    private final List<Check> checks = new ArrayList<>();
    private House mine;
    private House theirs;
    private Suspect suspect;
    private final Set<String> harmless = new TreeSet<>();
    private int mutants;

    private interface Finder {
        List<String> findings(Suspect suspect);
    }

    private static final class Breached extends RuntimeException {
        Breached(String what) {
            super(what);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    /** Whatever else an attack would try, one breach is enough. */
    private static final class StopsAtOne extends AbstractList<String> {
        @Override
        public void add(int index, String breach) {
            throw new Breached(breach);
        }

        @Override
        public String get(int index) {
            throw new IndexOutOfBoundsException(index);
        }

        @Override
        public int size() {
            return 0;
        }
    }

    private record Check(String name, boolean isAttack, Finder finder) {}

    private final Map<Check, Long> nanos = new HashMap<>();

    @BeforeAll
    void open_two_houses_with_a_row_in_every_table() {
        var database = Database.entered();
        mine = FullHouse.openedIn(database);
        theirs = FullHouse.openedIn(database);
        suspect = new Suspect(database);
        for (var rule : Lint.values()) {
            checks.add(new Check(rule.toString(), false, it -> it.rows(rule.query)));
        }
        checks.add(rights);
        for (var attack : Attack.all()) {
            checks.add(new Check(attack.title(), true, _ -> firstBreach(attack)));
        }
        assertSound();
    }

    @AfterEach
    void undo() {
        suspect.undo();
    }

    @AfterAll
    void tell() {
        suspect.close();
        System.out.println(
                "MutationTest: %d faults planted, %d not noticed, noticed first by"
                        .formatted(mutants, harmless.size()));
        noticed.forEach((check, count) -> System.out.println("  " + count + " " + check));
        harmless.forEach(fault -> System.out.println("  not noticed: " + fault));
    }

    /** Before anything else: a check that always complains would seem to notice every fault. */
    private void assertSound() {
        for (var check : checks) {
            long started = System.nanoTime();
            assertThat(check.finder.findings(suspect)).as(check.name).isEmpty();
            nanos.put(check, System.nanoTime() - started);
        }
    }

    @Test
    void both_houses_have_a_row_in_every_table() {
        for (var table :
                new Scene(suspect, mine, theirs, new ArrayList<>()).tables("postgres", "select")) {
            assertThat(suspect.rows("select distinct tenant_id from " + table))
                    .as(table + " needs a row in FullHouse")
                    .contains(mine.tenant().toString(), theirs.tenant().toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_fault_is_noticed_when(Mutation kind) {
        var faults = suspect.rows(kind.query.replace("@mine", mine.tenant().toString()));
        assertThat(faults).isNotEmpty();
        if (ARE_LISTED.contains(kind) && areAllListed(faults)) {
            return;
        }
        boolean isTried = ARE_TRIED.contains(kind);
        var alone = isTried ? faults : withoutThoseNamedTogether(faults);
        assertThat(alone.stream().filter(fault -> survives(fault, fault, isTried))).isEmpty();
    }

    @Test
    void a_fault_is_noticed_when_a_check_in_a_guarding_function_is_gone() {
        var sources =
                suspect.rows(
                        """
                        select encode(convert_to(pg_get_functiondef(oid), 'UTF8'), 'hex')
                          from pg_proc
                         where (pronamespace in ('fv'::regnamespace, 'guard'::regnamespace)
                            or pronamespace = 'wms'::regnamespace and (prosecdef or prokind = 'p'))
                           and oid::regproc::text <> all ('%s')
                         order by oid::regprocedure::text
                        """
                                .formatted(
                                        TRIED_ELSEWHERE.values().stream()
                                                .flatMap(List::stream)
                                                .collect(joining(",", "{", "}"))));
        var survivors = new ArrayList<String>();
        int count = 0;
        for (var source : sources) {
            var definition =
                    new String(
                            java.util.HexFormat.of().parseHex(source),
                            java.nio.charset.StandardCharsets.UTF_8);
            // What noticed faults of the function before need not know this one: quick ones first.
            checks.sort(comparing(Check::isAttack).thenComparing(nanos::get));
            for (var mutant : SourceMutants.of(definition)) {
                count++;
                if (survives(mutant.change(), mutant.definition(), true)) {
                    survivors.add(mutant.change());
                }
            }
        }
        assertThat(count).isGreaterThan(50);
        assertThat(survivors).isEmpty();
    }

    private List<String> firstBreach(Attack attack) {
        try {
            attack.on(new Scene(suspect, mine, theirs, new StopsAtOne()));
            return List.of();
        } catch (Breached breach) {
            return List.of(breach.getMessage());
        }
    }

    private int rules() {
        return (int) checks.stream().filter(check -> !check.isAttack).count();
    }

    /** A line for each: one that is missing is found by planting them one at a time. */
    private boolean areAllListed(List<String> faults) {
        faults.forEach(suspect::rows);
        try {
            if (new TreeSet<>(rights.finder.findings(suspect)).size() != faults.size()) {
                return false;
            }
            mutants += faults.size();
            noticed.merge(rights.name, faults.size(), Integer::sum);
            return true;
        } finally {
            suspect.undo();
        }
    }

    /**
     * Faults of different objects are planted together: no rule complains about a sound database,
     * so a complaint that begins with an object is about that object's fault. Whatever is not named
     * so is answered, to be planted alone.
     */
    private List<String> withoutThoseNamedTogether(List<String> faults) {
        var alone = new ArrayList<String>();
        var rounds = new ArrayList<Map<String, String>>();
        for (var fault : faults) {
            var object = OBJECT.matcher(fault);
            if (object.find()) {
                var round =
                        rounds.stream()
                                .filter(it -> !it.containsKey(object.group()))
                                .findFirst()
                                .orElseGet(() -> {
                                    rounds.add(new LinkedHashMap<>());
                                    return rounds.getLast();
                                });
                round.put(object.group(), fault);
            } else {
                alone.add(fault);
            }
        }
        for (var round : rounds) {
            alone.addAll(round.size() == 1 ? round.values() : notNamed(round));
        }
        return alone;
    }

    private Collection<String> notNamed(Map<String, String> faultOf) {
        var left = new LinkedHashMap<>(faultOf);
        try {
            faultOf.values().forEach(suspect::rows);
            for (var rule : checks) {
                if (!rule.isAttack && !left.isEmpty()) {
                    int before = left.size();
                    for (var complaint : rule.finder.findings(suspect)) {
                        var named = OBJECT.matcher(complaint);
                        if (named.lookingAt()) {
                            left.remove(named.group());
                        }
                    }
                    if (left.size() < before) {
                        noticed.merge(rule.name, before - left.size(), Integer::sum);
                    }
                }
            }
        } catch (IllegalStateException cannotStandTogether) {
            return faultOf.values();
        } finally {
            suspect.undo();
        }
        mutants += faultOf.size() - left.size();
        return left.values();
    }

    /**
     * The check that noticed the last fault looks first, for faults of a kind are noticed by one;
     * an attack, which takes a hundred times as long as a rule, only after every rule.
     */
    private boolean survives(String name, String fault, boolean isTried) {
        mutants++;
        suspect.rows(fault);
        try {
            for (var check : List.copyOf(checks)) {
                if ((check.isAttack || !isTried) && !check.finder.findings(suspect).isEmpty()) {
                    noticed.merge(check.name, 1, Integer::sum);
                    checks.remove(check);
                    checks.add(check.isAttack ? rules() : 0, check);
                    assertThat(HARMLESS).doesNotContainKey(name);
                    return false;
                }
            }
            harmless.add(name);
            return !HARMLESS.containsKey(name);
        } finally {
            suspect.undo();
        }
    }
}

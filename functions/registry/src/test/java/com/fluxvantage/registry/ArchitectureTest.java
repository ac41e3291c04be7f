package com.fluxvantage.registry;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.Ports;
import com.fluxvantage.kernel.outside.Secrets;
import com.fluxvantage.kernel.outside.Signer;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The shape that the code keeps, told by name when it is lost. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ArchitectureTest {
    /** They fill a ledger with a million movements, which no operation does. */
    private static final String BENCHMARKS = "functions/benchmarks/";

    private static final String NONE = "^$";

    private static final String[] DOMAINS = {
        "com.fluxvantage.identity..",
        "com.fluxvantage.catalog..",
        "com.fluxvantage.locations..",
        "com.fluxvantage.inbound..",
        "com.fluxvantage.inventory..",
        "com.fluxvantage.outbound..",
        "com.fluxvantage.lifecycle..",
        "com.fluxvantage.audit..",
        "com.fluxvantage.privacy..",
        "com.fluxvantage.integrations..",
        "com.fluxvantage.carriers.."
    };

    /** What an operation may ask of the handle inside its transaction. */
    private static final Set<String> OF_A_HANDLE =
            Set.of("createQuery", "createUpdate", "prepareBatch");

    private static final Set<String> WAYS_OUT =
            Set.of(
                    Outside.class.getName(),
                    Ports.class.getName(),
                    Signer.class.getName(),
                    Secrets.class.getName());

    private static final Path ROOT = Path.of(System.getProperty("fv.root"));
    private static final JavaClasses MAIN =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("com.fluxvantage");

    @Test
    void a_domain_knows_the_kernel_and_no_framework() {
        classes()
                .that()
                .resideInAnyPackage(DOMAINS)
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(DOMAINS)
                                .or(
                                        resideInAnyPackage(
                                                "com.fluxvantage.kernel..",
                                                "java..",
                                                "org.jdbi..",
                                                "org.jspecify..")))
                .check(MAIN);
    }

    /** What an operation does stays between it and the database. */
    @Test
    void a_domain_calls_nobody_outside() {
        noClasses()
                .that()
                .resideInAnyPackage(DOMAINS)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.net..", "java.nio.channels..", "javax.net..")
                                .or(assignableTo(Runtime.class))
                                .or(assignableTo(ProcessBuilder.class)))
                .check(MAIN);
    }

    @Test
    void domains_do_not_depend_on_each_other() {
        slices().matching(
                        "com.fluxvantage.(identity|catalog|locations|inbound|inventory|outbound|privacy|lifecycle|audit|integrations|carriers)..")
                .should()
                .notDependOnEachOther()
                .check(MAIN);
    }

    @Test
    void the_kernel_knows_nothing_above_it() {
        noClasses()
                .that()
                .resideInAPackage("com.fluxvantage.kernel..")
                .should()
                .dependOnClassesThat(
                        not(
                                resideInAnyPackage(
                                        "com.fluxvantage.kernel..",
                                        "java..",
                                        "javax.crypto..",
                                        "org.jdbi..",
                                        "org.jspecify..")))
                .check(MAIN);
    }

    @Test
    void what_is_restored_from_a_snapshot_repeats_no_random_number() {
        noClasses()
                .that()
                .resideInAnyPackage(DOMAINS)
                .or()
                .resideInAnyPackage("com.fluxvantage.kernel..", "com.fluxvantage.runtime..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "java\\.util\\.(Random|SplittableRandom|concurrent\\.ThreadLocalRandom)")
                .orShould()
                .callMethod(Math.class, "random")
                .check(MAIN);
    }

    @Test
    void no_type_has_a_name_that_says_nothing() {
        classes()
                .should()
                .haveNameNotMatching(
                        ".*(Service|Impl|Manager|Helper|Util|Utils|Dto|Mapper|Base|Factory|Controller|Repository)(\\$.*)?")
                .check(MAIN);
    }

    @Test
    void no_package_is_a_heap() {
        noClasses()
                .should()
                .resideInAnyPackage(
                        "..common..", "..util..", "..utils..", "..core..", "..misc..", "..helper..")
                .check(MAIN);
    }

    @Test
    void an_operation_cannot_begin_or_end_a_transaction() {
        noClasses()
                .that()
                .resideInAnyPackage(DOMAINS)
                .should()
                .callMethodWhere(
                        new DescribedPredicate<JavaMethodCall>("it is beyond reading and writing") {
                            @Override
                            public boolean test(JavaMethodCall call) {
                                return call.getTargetOwner().isAssignableTo(Handle.class)
                                        && !OF_A_HANDLE.contains(call.getName());
                            }
                        })
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.sql.Connection")
                .check(MAIN);
    }

    /** What acts outside has no transaction, and what has one does not act outside. */
    @Test
    void no_method_of_a_domain_has_both_a_transaction_and_a_way_out() {
        noMethods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(DOMAINS)
                .should(
                        new ArchCondition<JavaMethod>("take a call and what is outside") {
                            @Override
                            public void check(JavaMethod method, ConditionEvents events) {
                                var given =
                                        method.getRawParameterTypes().stream()
                                                .map(JavaClass::getFullName)
                                                .toList();
                                boolean actsOutside = given.stream().anyMatch(WAYS_OUT::contains);
                                boolean isInside =
                                        given.contains(Call.class.getName())
                                                || given.contains(Handle.class.getName());
                                events.add(
                                        new SimpleConditionEvent(
                                                method,
                                                actsOutside && isInside,
                                                method.getFullName()));
                            }
                        })
                .check(MAIN);
        noFields()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(DOMAINS)
                .should()
                .haveRawType(
                        DescribedPredicate.describe(
                                "a way out", type -> WAYS_OUT.contains(type.getFullName())))
                .check(MAIN);
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "com.fluxvantage.runtime..",
                        "com.fluxvantage.aws..",
                        "com.fluxvantage.secrets..",
                        "com.fluxvantage.kernel..",
                        "com.fluxvantage.local..",
                        "com.fluxvantage.registry..",
                        "com.fluxvantage.testing..")
                .should()
                .dependOnClassesThat(
                        assignableTo(Ports.class)
                                .or(assignableTo(Signer.class))
                                .or(assignableTo(Secrets.class)))
                .check(MAIN);
    }

    /**
     * The library's shorter calls open what was sealed for anybody, and merely tell for whom it
     * was.
     */
    @Test
    void a_secret_is_opened_only_by_the_call_that_says_what_is_expected() {
        noClasses()
                .should()
                .callMethodWhere(
                        new DescribedPredicate<JavaMethodCall>(
                                "it decrypts without an expected context") {
                            @Override
                            public boolean test(JavaMethodCall call) {
                                return call.getTargetOwner()
                                                .getFullName()
                                                .equals("com.amazonaws.encryptionsdk.AwsCrypto")
                                        && call.getName()
                                                .toLowerCase(Locale.ROOT)
                                                .contains("decrypt")
                                        && call.getTarget().getRawParameterTypes().stream()
                                                .noneMatch(it -> it.isEquivalentTo(Map.class));
                            }
                        })
                .check(MAIN);
        noClasses()
                .that()
                .resideOutsideOfPackage("com.fluxvantage.secrets..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "com.amazonaws.encryptionsdk..", "software.amazon.cryptography.."))
                .check(MAIN);
        classes()
                .that()
                .haveSimpleName("EncryptionSdkSecrets")
                .should()
                .callMethodWhere(
                        new DescribedPredicate<JavaMethodCall>("it decrypts data") {
                            @Override
                            public boolean test(JavaMethodCall call) {
                                return call.getName().equals("decryptData");
                            }
                        })
                .check(MAIN);
    }

    @Test
    void only_the_boundary_makes_a_call() {
        noClasses()
                .that()
                .resideOutsideOfPackage("com.fluxvantage.runtime..")
                .should()
                .callConstructorWhere(
                        com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                                com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With
                                        .<com.tngtech.archunit.core.domain.JavaClass>owner(
                                                com.tngtech.archunit.core.domain.JavaClass
                                                        .Predicates.type(Call.class))))
                .check(MAIN);
    }

    @Test
    void the_tenant_is_named_by_migrations_alone() {
        assertThat(
                        mentions(
                                "functions/*/src/main/java",
                                Pattern.compile("tenant_id"),
                                "functions/(local|benchmarks)/"))
                .isEmpty();
    }

    @Test
    void only_the_stock_functions_write_buckets_reservations_and_movements() {
        var write =
                Pattern.compile(
                        "(insert\\s+into|update|delete\\s+from|merge\\s+into|truncate)\\s+wms\\.(bucket|reservation|movement)\\b",
                        Pattern.CASE_INSENSITIVE);
        assertThat(mentions("{functions,shared}/*/src/main/java", write, BENCHMARKS)).isEmpty();
    }

    /** Scans make lots, packing makes cartons; the rest is the domain's own. */
    @Test
    void a_domain_writes_its_own_tables_only() throws IOException {
        var writers =
                Map.ofEntries(
                        Map.entry("member", "identity"),
                        Map.entry("item", "catalog"),
                        Map.entry("warehouse", "locations"),
                        Map.entry("location", "locations"),
                        Map.entry("asn", "inbound"),
                        Map.entry("asn_line", "inbound"),
                        Map.entry("receipt", "inbound"),
                        Map.entry("lot", "inbound"),
                        Map.entry("outbound_order", "outbound"),
                        Map.entry("outbound_order_line", "outbound"),
                        Map.entry("order_recipient", "outbound"),
                        Map.entry("lpn", "outbound"),
                        Map.entry("shipment", "outbound"),
                        Map.entry("export", "lifecycle"),
                        Map.entry("export_table", "lifecycle"),
                        Map.entry("export_file", "lifecycle"),
                        Map.entry("stored_secret", "integrations"),
                        Map.entry("channel_connection", "integrations"),
                        Map.entry("channel_delivery", "integrations"),
                        Map.entry("connection_test", "integrations"),
                        Map.entry("drift_report", "integrations"),
                        Map.entry("channel_stock", "integrations"),
                        Map.entry("stock_channel", "integrations"),
                        Map.entry("shop_report", "integrations"),
                        Map.entry("shop_sku", "integrations"),
                        Map.entry("connection_incident", "integrations"),
                        Map.entry("shop_cancellation", "integrations"),
                        Map.entry("shop_order", "integrations"),
                        Map.entry("shop_connection", "integrations"),
                        Map.entry("carrier", "carriers"),
                        Map.entry("carrier_label", "carriers"),
                        Map.entry("carrier_rate", "carriers"),
                        Map.entry("webhook_endpoint", "integrations"),
                        Map.entry("webhook_secret", "integrations"),
                        Map.entry("webhook_delivery", "integrations"),
                        Map.entry("audit_setting", "audit"),
                        Map.entry("audit_segment", "audit"),
                        Map.entry("audit_checkpoint", "audit"),
                        Map.entry("retention_setting", "privacy"));
        var write = Pattern.compile("(?i)(?:insert\\s+into|update|delete\\s+from)\\s+wms\\.(\\w+)");
        var found = new TreeMap<String, String>();
        try (var files = Files.walk(ROOT.resolve("functions"))) {
            for (var file :
                    files.filter(it -> it.toString().contains("/src/main/java/"))
                            .filter(it -> !it.toString().contains(BENCHMARKS))
                            .toList()) {
                if (Files.isRegularFile(file)) {
                    String domain =
                            ROOT.resolve("functions").relativize(file).getName(0).toString();
                    write.matcher(Files.readString(file))
                            .results()
                            .forEach(it ->
                                    found.merge(
                                            it.group(1),
                                            domain,
                                            (one, other) ->
                                                    one.contains(other) ? one : one + " " + other));
                }
            }
        }
        assertThat(found).containsExactlyInAnyOrderEntriesOf(writers);
    }

    @Test
    void a_statement_names_its_columns() {
        assertThat(
                        mentions(
                                "{functions,shared}/*/src/main/java",
                                Pattern.compile(
                                        "select\\s+\\*|select\\s+\\w+\\.\\*",
                                        Pattern.CASE_INSENSITIVE),
                                NONE))
                .isEmpty();
    }

    @Test
    void the_top_level_is_closed() throws IOException {
        var allowed =
                List.of(
                        "functions",
                        "infra-cdk",
                        "shared",
                        "migrations",
                        "template-tests",
                        "docs",
                        "pom.xml",
                        "README.md",
                        "LICENSE",
                        "CONTRIBUTING.md",
                        ".ci",
                        ".mvn",
                        ".gitignore",
                        ".git",
                        "target");
        try (var entries = Files.list(ROOT)) {
            assertThat(entries.map(it -> it.getFileName().toString())).isSubsetOf(allowed);
        }
    }

    @Test
    void nobody_sleeps_or_prints_or_swallows() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(MAIN);
        noClasses()
                .that()
                .resideInAnyPackage(DOMAINS)
                // Programs of their own, which whoever verifies starts.
                .and()
                .haveNameNotMatching(".*\\.Verify(Certificate|Export)")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(MAIN);
    }

    /**
     * Files below the folders of {@code glob} that match, but for those whose path has {@code
     * exempt}.
     */
    private static List<String> mentions(String glob, Pattern pattern, String exempt) {
        var folders = ROOT.getFileSystem().getPathMatcher("glob:" + glob + "/**.java");
        try (Stream<Path> files = Files.walk(ROOT)) {
            var sources =
                    files.map(ROOT::relativize)
                            .filter(folders::matches)
                            .filter(it -> !Pattern.compile(exempt).matcher(it.toString()).find())
                            .toList();
            assertThat(sources).as("the glob finds sources").hasSizeGreaterThan(20);
            return sources.stream()
                    .filter(it -> pattern.matcher(text(it)).find())
                    .map(Path::toString)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path source) {
        try {
            return Files.readString(ROOT.resolve(source));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

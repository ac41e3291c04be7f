package com.fluxvantage.runtime;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.operation.Refusal;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.operation.Versioned;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.stock.OwnerId;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.Grant;
import com.fluxvantage.kernel.tenancy.TokenClaims;
import com.fluxvantage.kernel.text.Code;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Operations that exist for these tests only, on a table that every tenant has. What a test wants
 * to happen inside an operation it puts into {@link #INSIDE}.
 */
public final class OwnerOperations implements OperationList {
    /** Runs within each operation after its own statement, in this thread and those it starts. */
    static final InheritableThreadLocal<Consumer<Call>> INSIDE =
            new InheritableThreadLocal<>() {
                @Override
                protected Consumer<Call> initialValue() {
                    return _ -> {};
                }
            };

    static final OwnerId OWNER =
            new OwnerId(UUID.fromString("01938f4e-7c11-7abc-8def-0123456789ab"));
    static final long VERSION = 3;

    record Nothing() {}

    record Add(Code code) {}

    record Added(OwnerId ownerId, Code code, long version) implements Versioned {}

    record Count(long owners) {}

    record Revise(OwnerId ownerId, Code code) {}

    record Person(PersonalData name) {}

    @PublicName("owner.added")
    record OwnerAdded(OwnerId stream, long version) implements DomainEvent {}

    @Refusal.Is(value = Refusal.Kind.CONFLICT, title = "This code is not for sale.")
    record CodeReserved(long owners) implements Refusal {
        @Override
        public String detail() {
            return "Choose another code.";
        }
    }

    @Refusal.Is(value = Refusal.Kind.STALE, title = "Somebody was faster.")
    record Outdated(long version) implements Refusal {
        @Override
        public String detail() {
            return "Read it again.";
        }
    }

    static final Operation<Nothing, Count> COUNT =
            Operation.get("count-owners", "/owners/count")
                    .requires(Permission.CATALOG_READ)
                    .handledBy(
                            Nothing.class,
                            Count.class,
                            new Nothing(),
                            (_, call) -> {
                                long owners =
                                        call.sql()
                                                .createQuery(
                                                        "select count(*) from wms.owner where not"
                                                                + " house")
                                                .mapTo(Long.class)
                                                .one();
                                INSIDE.get().accept(call);
                                return Outcome.found(new Count(owners));
                            });

    static final Operation<Add, Added> ADD =
            Operation.post("add-owner", "/owners")
                    .requires(Permission.CATALOG_MANAGE)
                    .creates()
                    .announces(OwnerAdded.class)
                    .refuses(CodeReserved.class)
                    .handledBy(
                            Add.class, Added.class, new Add(new Code("A")), OwnerOperations::add);

    /** Takes the very same request, and is another operation. */
    static final Operation<Add, Added> ADD_TWIN =
            Operation.post("add-owner-twin", "/owners/twins")
                    .requires(Permission.CATALOG_MANAGE)
                    .announces(OwnerAdded.class)
                    .refuses(CodeReserved.class)
                    .handledBy(
                            Add.class, Added.class, new Add(new Code("A")), OwnerOperations::add);

    /** Says that it reads, and writes. */
    static final Operation<Nothing, Count> MEDDLE =
            Operation.get("meddle-with-owners", "/owners/meddle")
                    .requires(Permission.CATALOG_READ)
                    .handledBy(
                            Nothing.class,
                            Count.class,
                            new Nothing(),
                            (_, call) -> {
                                insert(call, new OwnerId(Uuid7.next()), "MEDDLED");
                                return Outcome.found(new Count(0));
                            });

    static final Operation<Revise, Added> REVISE =
            Operation.post("revise-owner", "/owners/{owner_id}/revise")
                    .requires(Permission.CATALOG_MANAGE)
                    .guardedByVersion()
                    .refuses(Outdated.class)
                    .handledBy(
                            Revise.class,
                            Added.class,
                            new Revise(OWNER, new Code("A")),
                            (request, call) ->
                                    call.expectedVersion().orElseThrow() == VERSION
                                            ? Outcome.done(
                                                    new Added(
                                                            request.ownerId(),
                                                            request.code(),
                                                            VERSION + 1),
                                                    Subject.of(request.ownerId()))
                                            : Outcome.refused(new Outdated(VERSION)));

    static final Operation<Nothing, Person> READ_PERSON =
            Operation.get("read-person", "/person")
                    .requires(Permission.CATALOG_READ)
                    .readsAudited()
                    .handledBy(Nothing.class, Person.class, new Nothing(), OwnerOperations::person);

    /** Says that it is an ordinary read, and answers personal data. */
    static final Operation<Nothing, Person> LEAK_PERSON =
            Operation.get("leak-person", "/person/leak")
                    .requires(Permission.CATALOG_READ)
                    .handledBy(Nothing.class, Person.class, new Nothing(), OwnerOperations::person);

    static final Operation<TokenClaims, Grant> LET_IN =
            Operation.authorizer("let-in")
                    .handledBy(
                            TokenClaims.class,
                            Grant.class,
                            new TokenClaims(
                                    AuthorizerFunction.PLATFORM,
                                    new TokenClaims.UserSubject("somebody")),
                            (claims, call) ->
                                    call.sql()
                                            .createQuery(
                                                    "select member_id from fv.find_member(:tenant,"
                                                            + " :subject) where member_state ="
                                                            + " 'ACTIVE'")
                                            .bind("tenant", claims.tenant())
                                            .bind("subject", claims.subject().value())
                                            .mapTo(UUID.class)
                                            .findOne()
                                            .<Outcome<Grant>>map(member ->
                                                    Outcome.found(
                                                            new Grant(
                                                                    new Actor(
                                                                            Actor.Kind.MEMBER,
                                                                            member),
                                                                    Set.of(
                                                                            Permission
                                                                                    .CATALOG_READ))))
                                            .orElseGet(() -> Outcome.missing("member", "subject")));

    @Override
    public List<Operation<?, ?>> operations() {
        return List.of(COUNT, ADD, ADD_TWIN, MEDDLE, REVISE, READ_PERSON, LEAK_PERSON, LET_IN);
    }

    private static Outcome<Added> add(Add request, Call call) {
        if (request.code().value().startsWith("RESERVED")) {
            insert(call, new OwnerId(Uuid7.next()), request.code().value());
            return Outcome.refused(new CodeReserved(7));
        }
        var owner = new OwnerId(Uuid7.next());
        insert(call, owner, request.code().value());
        call.announce(new OwnerAdded(owner, 1));
        INSIDE.get().accept(call);
        return Outcome.done(new Added(owner, request.code(), 1), Subject.of(owner));
    }

    private static Outcome<Person> person(Nothing request, Call call) {
        return Outcome.found(
                call.sql().createQuery("select 'Ada Lovelace' as name").mapTo(Person.class).one());
    }

    private static void insert(Call call, OwnerId id, String code) {
        call.sql()
                .createUpdate("insert into wms.owner (owner_id, code) values (:id, :code)")
                .bind("id", id)
                .bind("code", code)
                .execute();
    }
}

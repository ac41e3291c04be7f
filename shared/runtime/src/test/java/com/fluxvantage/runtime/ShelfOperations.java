package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.LocationId;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.Grant;
import com.fluxvantage.kernel.tenancy.TokenClaims;
import com.fluxvantage.kernel.text.Sku;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Operations that exist for these tests only: a shelf is filled, searched and painted. */
public final class ShelfOperations implements OperationList {
    enum Side {
        LEFT,
        RIGHT
    }

    record Line(Sku sku, Quantity quantity) {
        Line {
            if (quantity.isNone()) {
                throw new com.fluxvantage.kernel.operation.InvalidValue(
                        "quantity", "out-of-range", "A line has at least one unit.");
            }
        }
    }

    record Fill(
            LocationId shelfId,
            Side side,
            int height,
            boolean fragile,
            List<Line> lines,
            Optional<LocalDate> bestBefore,
            Optional<Instant> at,
            Optional<PersonalData> contact) {}

    record Search(
            LocationId shelfId,
            Optional<Sku> sku,
            Optional<Quantity> atLeast,
            Optional<Integer> height,
            Optional<Boolean> fragile,
            Optional<LocalDate> bestBefore,
            Optional<List<Side>> sides,
            Optional<PageLimit> limit) {}

    record Paint(Sku colour) {}

    record Done(LocationId shelfId, long version) {}

    private static final LocationId SHELF =
            new LocationId(UUID.fromString("01938f4e-7c11-7abc-8def-0123456789ab"));

    static final Operation<Fill, Done> FILL =
            Operation.post("fill-shelf", "/shelves/{shelf_id}/fill")
                    .summary("Fills a shelf.")
                    .requires(Permission.STOCK_MOVE)
                    .handledBy(
                            Fill.class,
                            Done.class,
                            new Fill(
                                    SHELF,
                                    Side.LEFT,
                                    1,
                                    false,
                                    List.of(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty()),
                            (request, _) ->
                                    Outcome.done(
                                            new Done(request.shelfId(), 1),
                                            Subject.of(request.shelfId())));

    static final Operation<Search, Done> SEARCH =
            Operation.get("search-shelf", "/shelves/{shelf_id}")
                    .summary("Looks at a shelf.")
                    .requires(Permission.STOCK_READ)
                    .handledBy(
                            Search.class,
                            Done.class,
                            new Search(
                                    SHELF,
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty()),
                            (request, _) -> Outcome.found(new Done(request.shelfId(), 1)));

    static final Operation<Paint, Done> PAINT =
            Operation.post("paint-shelf", "/shelves/paint")
                    .summary("Paints all shelves.")
                    .requires(Permission.STOCK_MOVE)
                    .handledBy(
                            Paint.class,
                            Done.class,
                            new Paint(new Sku("RED")),
                            (_, _) -> Outcome.done(new Done(SHELF, 1), Subject.nothing()));

    static final Operation<Paint, Done> DUST =
            Operation.scheduled("dust-shelf", Trigger.Schedule.at(Timing.daily("03:00")))
                    .summary("Dusts all shelves.")
                    .handledBy(
                            Paint.class,
                            Done.class,
                            new Paint(new Sku("RED")),
                            (_, _) -> Outcome.found(new Done(SHELF, 1)));

    static final Operation<TokenClaims, Grant> LET_IN =
            Operation.authorizer("let-in")
                    .summary("Lets everybody in.")
                    .handledBy(
                            TokenClaims.class,
                            Grant.class,
                            new TokenClaims(
                                    AuthorizerFunction.PLATFORM,
                                    new TokenClaims.UserSubject("somebody")),
                            (_, _) ->
                                    Outcome.found(
                                            new Grant(
                                                    new Actor(Actor.Kind.MEMBER, new UUID(0, 1)),
                                                    Set.of(Permission.STOCK_READ))));

    @Override
    public List<Operation<?, ?>> operations() {
        return List.of(FILL, SEARCH, PAINT, DUST, LET_IN);
    }
}

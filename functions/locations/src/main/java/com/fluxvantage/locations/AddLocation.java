package com.fluxvantage.locations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.LOCATIONS_MANAGE;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.stock.LocationId;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.Sku;

import java.util.Optional;
import java.util.UUID;

/**
 * Adds a bin or a dock to a warehouse. Its code is what is printed on its label and what a scanner
 * reads, so another location of the warehouse with the same code refuses it. The pick sequence is
 * its place along the pickers' walk; several locations may share one. A home SKU makes it the
 * item's fixed face, which putaway fills first.
 */
final class AddLocation {
    static final Operation<Request, Result> OPERATION =
            Operation.post("add-location", "/warehouses/{warehouse_id}/locations")
                    .summary("Adds a bin or a dock to a warehouse.")
                    .requires(LOCATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .refuses(LocationsRefusal.LocationCodeTaken.class)
                    .creates()
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, AddLocation::handle);

    /**
     * @param pickable whether orders are served from there; unless said, from a bin they are, from
     *     a dock not
     */
    record Request(
            WarehouseId warehouseId,
            Code code,
            Optional<LocationKind> kind,
            int pickSequence,
            Optional<Boolean> pickable,
            Optional<Sku> homeSku) {
        static final Request EXAMPLE =
                new Request(
                        new WarehouseId(new UUID(0, 1)),
                        new Code("A-01-1"),
                        Optional.of(LocationKind.BIN),
                        10,
                        Optional.of(true),
                        Optional.of(new Sku("TEA-EARL-GREY-50")));

        Request {
            if (kind.filter(it -> !it.isAddable()).isPresent()) {
                throw new InvalidValue(
                        "kind",
                        "not-addable",
                        "Bins and docks are added; the rest comes with the warehouse.");
            }
            if (pickSequence < 0) {
                throw new InvalidValue(
                        "pickSequence", "out-of-range", "A place along the walk is 0 or more.");
            }
        }
    }

    record Result(LocationId locationId, long version) {}

    private record Named(Optional<WarehouseId> warehouseId, Optional<ItemId> homeItemId) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var named = named(request, call);
        if (named.warehouseId.isEmpty()) {
            return missing("warehouse", "warehouseId");
        }
        if (request.homeSku.isPresent() && named.homeItemId.isEmpty()) {
            return missing("item", "homeSku");
        }
        var location = new LocationId(Uuid7.next());
        return isAdded(location, request, named.homeItemId, call)
                ? done(new Result(location, 1), Subject.of(location))
                : refused(new LocationsRefusal.LocationCodeTaken());
    }

    private static Named named(Request request, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select (select warehouse_id
                                  from wms.warehouse
                                 where warehouse_id = :warehouse) as warehouse_id,
                               (select item_id
                                  from wms.item
                                 where sku = cast(:sku as text)) as home_item_id
                        """)
                .bind("warehouse", request.warehouseId)
                .bind("sku", request.homeSku)
                .mapTo(Named.class)
                .one();
    }

    private static boolean isAdded(
            LocationId location, Request request, Optional<ItemId> homeItem, Call call) {
        var kind = request.kind.orElse(LocationKind.BIN);
        return call.sql()
                        .createUpdate(
                                """
                                insert into wms.location (
                                    location_id, warehouse_id, code, kind, pickable, locked, pick_seq,
                                    home_item_id, version)
                                values (
                                    :location, :warehouse, :code, :kind, :pickable, false, :pick_seq,
                                    :home_item, 1)
                                    on conflict do nothing
                                """)
                        .bind("location", location)
                        .bind("warehouse", request.warehouseId)
                        .bind("code", request.code)
                        .bind("kind", kind.name())
                        .bind(
                                "pickable",
                                request.pickable.orElse(kind.isUsuallyPickable()).booleanValue())
                        .bind("pick_seq", request.pickSequence)
                        .bind("home_item", homeItem)
                        .execute()
                == 1;
    }
}

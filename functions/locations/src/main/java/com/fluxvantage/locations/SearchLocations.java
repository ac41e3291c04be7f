package com.fluxvantage.locations;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.LOCATIONS_READ;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.stock.LocationId;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.Sku;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds locations, virtual ones too, by warehouse, by the start of their code and by kind, sorted
 * by warehouse and code. A filter that names nothing, or another tenant's warehouse, finds nothing.
 */
final class SearchLocations {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-locations", "/locations")
                    .summary("Finds the locations of the warehouses.")
                    .requires(LOCATIONS_READ)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, SearchLocations::handle);

    record Request(
            Optional<WarehouseId> warehouseId,
            Optional<Code> codePrefix,
            Optional<LocationKind> kind,
            Optional<PageLimit> limit,
            Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        Optional.of(new WarehouseId(new UUID(0, 1))),
                        Optional.of(new Code("A-")),
                        Optional.of(LocationKind.BIN),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());
    }

    record Result(List<Location> items, Optional<Cursor> nextCursor) {}

    record Location(
            LocationId locationId,
            WarehouseId warehouseId,
            Code code,
            LocationKind kind,
            boolean pickable,
            boolean locked,
            int pickSequence,
            Optional<Sku> homeSku,
            long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var locations =
                page.of(
                        locations(request, page, call),
                        location ->
                                List.of(
                                        location.warehouseId.uuid().toString(),
                                        location.code.value()));
        return found(new Result(locations.items(), locations.nextCursor()));
    }

    // A prefix is a range of the index, in the order of bytes that the column has. LIKE could not
    // use it behind a row policy, nor did ^@ narrow the range that is read.
    private static List<Location> locations(Request request, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select location.location_id,
                               location.warehouse_id,
                               location.code,
                               location.kind,
                               location.pickable,
                               location.locked,
                               location.pick_seq as pick_sequence,
                               (select item.sku
                                  from wms.item
                                 where item.item_id = location.home_item_id) as home_sku,
                               location.version
                          from wms.location
                         where (cast(:warehouse as uuid) is null or location.warehouse_id = :warehouse)
                           and location.code >= :code_prefix
                           and location.code < :code_prefix || chr(1114111)
                           and (cast(:kind as text) is null or location.kind = :kind)
                           and (location.warehouse_id, location.code) > (:after_warehouse, :after_code)
                         order by location.warehouse_id, location.code
                         limit :fetch
                        """)
                .bind("warehouse", request.warehouseId)
                .bind("code_prefix", request.codePrefix.map(Code::value).orElse(""))
                .bind("kind", request.kind.map(LocationKind::name))
                .bind("after_warehouse", UUID.fromString(page.after(0, new UUID(0, 0).toString())))
                .bind("after_code", page.after(1, ""))
                .bind("fetch", page.fetch())
                .mapTo(Location.class)
                .list();
    }
}

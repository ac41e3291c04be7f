package com.fluxvantage.locations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.LOCATIONS_MANAGE;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.stock.LocationId;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.Name;

import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Opens a warehouse with what every warehouse has: a dock, a staging area, and one virtual place of
 * each kind, without which the stock ledger has no far end to balance its postings. A virtual
 * place's code is its kind. A code that another warehouse of the tenant has is refused.
 */
final class OpenWarehouse {
    static final Operation<Request, Result> OPERATION =
            Operation.post("open-warehouse", "/warehouses")
                    .summary(
                            "Opens a warehouse with its dock, its staging area and its virtual"
                                    + " places.")
                    .requires(LOCATIONS_MANAGE)
                    .refuses(LocationsRefusal.WarehouseCodeTaken.class)
                    .creates()
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, OpenWarehouse::handle);

    record Request(Code code, Name name, TimeZoneName timeZone) {
        static final Request EXAMPLE =
                new Request(
                        new Code("AMS-1"),
                        new Name("Amsterdam, canal side"),
                        new TimeZoneName("Europe/Amsterdam"));
    }

    record Result(
            WarehouseId warehouseId,
            LocationId dockLocationId,
            LocationId stageLocationId,
            long version) {}

    private record Place(LocationId id, String code, LocationKind kind) {
        Place(String code, LocationKind kind) {
            this(new LocationId(Uuid7.next()), code, kind);
        }
    }

    private static Outcome<Result> handle(Request request, Call call) {
        var warehouse = new WarehouseId(Uuid7.next());
        if (!isOpened(warehouse, request, call)) {
            return refused(new LocationsRefusal.WarehouseCodeTaken());
        }
        var dock = new Place("DOCK-1", LocationKind.DOCK);
        var stage = new Place("STAGE-1", LocationKind.STAGE);
        addAll(warehouse, Stream.concat(Stream.of(dock, stage), virtualPlaces()).toList(), call);
        return done(new Result(warehouse, dock.id, stage.id, 1), Subject.of(warehouse));
    }

    private static Stream<Place> virtualPlaces() {
        return Stream.of(
                        LocationKind.SUPPLIER,
                        LocationKind.CUSTOMER,
                        LocationKind.ADJUST,
                        LocationKind.SCRAP,
                        LocationKind.TRANSIT,
                        LocationKind.KIT)
                .map(kind -> new Place(kind.name(), kind));
    }

    private static boolean isOpened(WarehouseId warehouse, Request request, Call call) {
        return call.sql()
                        .createUpdate(
                                """
                                insert into wms.warehouse (warehouse_id, code, name, time_zone, opened_at, version)
                                values (:warehouse, :code, :name, :time_zone, :at, 1)
                                    on conflict do nothing
                                """)
                        .bind("warehouse", warehouse)
                        .bind("code", request.code)
                        .bind("name", request.name)
                        .bind("time_zone", request.timeZone)
                        .bind("at", call.now())
                        .execute()
                == 1;
    }

    // None of them is pickable: goods at the dock are not put away yet, goods at the stage
    // are somebody's.
    private static void addAll(WarehouseId warehouse, List<Place> places, Call call) {
        call.sql()
                .createUpdate(
                        """
                        insert into wms.location (
                            location_id, warehouse_id, code, kind, pickable, locked, pick_seq, version)
                        select place.location_id, :warehouse, place.code, place.kind, false, false, 0, 1
                          from unnest(:ids, :codes, :kinds) as place (location_id, code, kind)
                        """)
                .bind("warehouse", warehouse)
                .bind("ids", places.stream().map(place -> place.id.uuid()).toArray(UUID[]::new))
                .bind("codes", texts(places, Place::code))
                .bind("kinds", texts(places, place -> place.kind.name()))
                .execute();
    }

    private static String[] texts(List<Place> places, Function<Place, String> each) {
        return places.stream().map(each).toArray(String[]::new);
    }
}

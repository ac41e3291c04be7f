package com.fluxvantage.catalog;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.CATALOG_MANAGE;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.text.Gtin;
import com.fluxvantage.kernel.text.Name;
import com.fluxvantage.kernel.text.Sku;

import java.util.Optional;

/**
 * Puts an item into the catalogue. Its SKU is the tenant's own name for it; its GTIN, where it has
 * one, is what a scanner reads off the goods. Each names one item of the tenant, so a second one
 * with the same SKU or GTIN is refused. All later quantities of the item are whole numbers of its
 * unit.
 */
final class RegisterItem {
    static final Operation<Request, Result> OPERATION =
            Operation.post("register-item", "/items")
                    .summary("Puts an item into the catalogue.")
                    .requires(CATALOG_MANAGE)
                    .refuses(CatalogRefusal.SkuTaken.class)
                    .refuses(CatalogRefusal.GtinTaken.class)
                    .creates()
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, RegisterItem::handle);

    /**
     * @param minShelfLifeDays how many days goods have to keep when they arrive or leave
     * @param overReceiptPercent how much more than announced may be counted in
     */
    record Request(
            Sku sku,
            Name description,
            Optional<Gtin> gtin,
            Optional<Unit> unit,
            Optional<Boolean> lotControlled,
            Optional<Rotation> rotation,
            Optional<Integer> minShelfLifeDays,
            Optional<Integer> overReceiptPercent) {
        static final Request EXAMPLE =
                new Request(
                        new Sku("TEA-EARL-GREY-50"),
                        new Name("Earl Grey, 50 bags"),
                        Optional.of(new Gtin("4006381333931")),
                        Optional.of(Unit.EACH),
                        Optional.of(true),
                        Optional.of(Rotation.FEFO),
                        Optional.of(30),
                        Optional.of(5));

        private static final int LONGEST_SHELF_LIFE_DAYS = 36_500;
        private static final int MOST_PERCENT = 100;

        Request {
            if (minShelfLifeDays
                    .filter(days -> days < 0 || days > LONGEST_SHELF_LIFE_DAYS)
                    .isPresent()) {
                throw new InvalidValue(
                        "minShelfLifeDays",
                        "out-of-range",
                        "A shelf life is from 0 to " + LONGEST_SHELF_LIFE_DAYS + " days.");
            }
            if (overReceiptPercent
                    .filter(percent -> percent < 0 || percent > MOST_PERCENT)
                    .isPresent()) {
                throw new InvalidValue(
                        "overReceiptPercent",
                        "out-of-range",
                        "A tolerance is from 0 to " + MOST_PERCENT + " percent.");
            }
            // Expiry dates stand on lots: without lots there is no date to judge or to sort by.
            if (rotation.equals(Optional.of(Rotation.FEFO)) && !lotControlled.orElse(false)) {
                throw new InvalidValue(
                        "rotation",
                        "needs-lots",
                        "Only an item that is kept by lot leaves by expiry date.");
            }
            if (minShelfLifeDays.orElse(0) > 0 && !lotControlled.orElse(false)) {
                throw new InvalidValue(
                        "minShelfLifeDays",
                        "needs-lots",
                        "Only an item that is kept by lot has a shelf life.");
            }
        }
    }

    record Result(ItemId itemId, long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var item = new ItemId(Uuid7.next());
        if (isAdded(item, request, call)) {
            return done(new Result(item, 1), Subject.of(item));
        }
        // The insert waited for whoever was first, so this look, a statement later, sees
        // their item.
        return refused(
                isSkuTaken(request.sku, call)
                        ? new CatalogRefusal.SkuTaken()
                        : new CatalogRefusal.GtinTaken());
    }

    private static boolean isAdded(ItemId item, Request request, Call call) {
        return call.sql()
                        .createUpdate(
                                """
                                insert into wms.item (
                                    item_id, sku, gtin, description, unit, lot_controlled, rotation,
                                    min_shelf_life_days, over_receipt_percent, state, version, registered_at)
                                values (
                                    :item, :sku, :gtin, :description, :unit, :lot_controlled, :rotation,
                                    :min_shelf_life_days, :over_receipt_percent, 'ACTIVE', 1, :at)
                                    on conflict do nothing
                                """)
                        .bind("item", item)
                        .bind("sku", request.sku)
                        .bind("gtin", request.gtin)
                        .bind("description", request.description)
                        .bind("unit", request.unit.orElse(Unit.EACH).name())
                        .bind("lot_controlled", request.lotControlled.orElse(false).booleanValue())
                        .bind("rotation", request.rotation.orElse(Rotation.FIFO).name())
                        .bind("min_shelf_life_days", request.minShelfLifeDays.orElse(0).intValue())
                        .bind(
                                "over_receipt_percent",
                                request.overReceiptPercent.orElse(0).intValue())
                        .bind("at", call.now())
                        .execute()
                == 1;
    }

    private static boolean isSkuTaken(Sku sku, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select exists (
                            select from wms.item
                             where sku = :sku)
                        """)
                .bind("sku", sku)
                .mapTo(Boolean.class)
                .one();
    }
}

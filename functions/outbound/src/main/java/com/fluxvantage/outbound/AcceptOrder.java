package com.fluxvantage.outbound;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.ORDERS_ACCEPT;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.stock.OwnerId;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Reference;
import com.fluxvantage.kernel.text.Sku;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Takes in an order as the shop sent it. It is never refused for want of stock: what is not there
 * waits unallocated on its line. The reference is the shop's order number and stands once. The
 * recipient is written to a row of their own and appears in no answer.
 */
final class AcceptOrder {
    /** The largest order seen in practice has some 600 lines. */
    static final int MOST_LINES = 1_000;

    static final Operation<Request, Result> OPERATION =
            Operation.post("accept-order", "/orders")
                    .summary(
                            "Takes in an order as the shop sent it, whether or not the goods are"
                                    + " there.")
                    .requires(ORDERS_ACCEPT)
                    .announces(OrderAccepted.class)
                    .refuses(NotFound.class)
                    .refuses(OutboundRefusal.ReferenceTaken.class)
                    .creates()
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, AcceptOrder::accept);

    record Request(
            WarehouseId warehouseId,
            Reference reference,
            Optional<LocalDate> shipBy,
            List<Line> lines,
            Recipient recipient) {
        static final Request EXAMPLE =
                new Request(
                        new WarehouseId(new UUID(0, 1)),
                        new Reference("SHOP-10042"),
                        Optional.of(LocalDate.parse("2026-11-25")),
                        List.of(new Line(new Sku("TEA-EARL-GREY-50"), Quantity.of(2))),
                        Recipient.EXAMPLE);

        Request {
            if (lines.isEmpty()) {
                throw new InvalidValue("lines", "required", "An order has at least one line.");
            }
            if (lines.size() > MOST_LINES) {
                throw new InvalidValue(
                        "lines", "too-many", "An order has at most " + MOST_LINES + " lines.");
            }
            if (lines.stream().mapToLong(it -> it.quantity.units()).sum() > Quantity.MOST) {
                throw new InvalidValue(
                        "lines", "out-of-range", "That is more than one order may ask for.");
            }
            lines = List.copyOf(lines);
        }
    }

    record Line(Sku sku, Quantity quantity) {
        Line {
            if (quantity.isNone()) {
                throw new InvalidValue("quantity", "out-of-range", "A line asks for at least one.");
            }
        }
    }

    record Recipient(
            PersonalData name,
            Optional<PersonalData> company,
            PersonalData street,
            PersonalData city,
            Optional<PersonalData> region,
            PersonalData postcode,
            Country country,
            Optional<PersonalData> phone,
            Optional<PersonalData> email) {
        static final Recipient EXAMPLE =
                new Recipient(
                        new PersonalData("Rosa Recipient"),
                        Optional.empty(),
                        new PersonalData("1 Example Street"),
                        new PersonalData("Exampleton"),
                        Optional.empty(),
                        new PersonalData("EX1 2MP"),
                        new Country("GB"),
                        Optional.empty(),
                        Optional.of(new PersonalData("rosa@example.org")));
    }

    record Result(OrderId orderId, List<AcceptedLine> lines, long version) {}

    record AcceptedLine(int lineNo, OrderLineId lineId) {}

    private record Item(Sku sku, ItemId itemId) {}

    /** For whoever brings an order, whichever way it came. */
    static Outcome<Result> accept(Request request, Call call) {
        var owner = houseOwner(request.warehouseId, call);
        if (owner.isEmpty()) {
            return missing("warehouse", "warehouseId");
        }
        var items = items(request.lines, call);
        var unknown =
                IntStream.range(0, request.lines.size())
                        .filter(at -> !items.containsKey(request.lines.get(at).sku))
                        .findFirst();
        if (unknown.isPresent()) {
            return missing("item", "lines/" + unknown.getAsInt() + "/sku");
        }
        var order = new OrderId(Uuid7.next());
        if (!save(order, request, owner.get(), call)) {
            return refused(new OutboundRefusal.ReferenceTaken());
        }
        var lines = saveLines(order, request.lines, items, call);
        saveRecipient(order, request.recipient, call);
        var units =
                request.lines.stream().map(Line::quantity).reduce(Quantity.NONE, Quantity::plus);
        call.announce(new OrderAccepted(order, 1, request.warehouseId, lines.size(), units));
        return done(new Result(order, lines, 1), Subject.of(order));
    }

    private static Optional<OwnerId> houseOwner(WarehouseId warehouse, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select owner.owner_id
                          from wms.owner
                         where owner.house
                           and exists (select from wms.warehouse where warehouse_id = :warehouse)
                        """)
                .bind("warehouse", warehouse)
                .mapTo(OwnerId.class)
                .findOne();
    }

    private static Map<Sku, ItemId> items(List<Line> lines, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select sku, item_id
                          from wms.item
                         where sku = any(:skus)
                           and state = 'ACTIVE'
                        """)
                .bind(
                        "skus",
                        lines.stream().map(it -> it.sku.value()).distinct().toArray(String[]::new))
                .mapTo(Item.class)
                .collect(Collectors.toMap(Item::sku, Item::itemId));
    }

    private static boolean save(OrderId order, Request request, OwnerId owner, Call call) {
        return call.sql()
                        .createUpdate(
                                """
                                insert into wms.outbound_order (
                                    order_id, warehouse_id, owner_id, reference, state, ship_by, accepted_at, updated_at, version)
                                values (:order, :warehouse, :owner, :reference, 'ACCEPTED', :ship_by, :now, :now, 1)
                                    on conflict do nothing
                                """)
                        .bind("order", order)
                        .bind("warehouse", request.warehouseId)
                        .bind("owner", owner)
                        .bind("reference", request.reference)
                        .bind("ship_by", request.shipBy)
                        .bind("now", call.now())
                        .execute()
                == 1;
    }

    private static List<AcceptedLine> saveLines(
            OrderId order, List<Line> lines, Map<Sku, ItemId> items, Call call) {
        var accepted = new ArrayList<AcceptedLine>();
        for (int number = 1; number <= lines.size(); number++) {
            accepted.add(new AcceptedLine(number, new OrderLineId(Uuid7.next())));
        }
        call.sql()
                .createUpdate(
                        """
                        insert into wms.outbound_order_line (
                            order_line_id, order_id, line_no, item_id,
                            ordered, cancelled, unallocated, allocated, picked, packed, shipped, version)
                        select line.order_line_id, :order, line.line_no, line.item_id,
                               line.quantity, 0, line.quantity, 0, 0, 0, 0, 1
                          from unnest(:ids, :numbers, :items, :quantities)
                               as line (order_line_id, line_no, item_id, quantity)
                        """)
                .bind("order", order)
                .bind("ids", accepted.stream().map(it -> it.lineId.uuid()).toArray(UUID[]::new))
                .bind(
                        "numbers",
                        accepted.stream().map(AcceptedLine::lineNo).toArray(Integer[]::new))
                .bind(
                        "items",
                        lines.stream().map(it -> itemOf(it, items).uuid()).toArray(UUID[]::new))
                .bind(
                        "quantities",
                        lines.stream().map(it -> it.quantity.units()).toArray(Long[]::new))
                .execute();
        return accepted;
    }

    private static ItemId itemOf(Line line, Map<Sku, ItemId> items) {
        return Objects.requireNonNull(items.get(line.sku), "every item was found before");
    }

    private static void saveRecipient(OrderId order, Recipient recipient, Call call) {
        call.sql()
                .createUpdate(
                        """
                        insert into wms.order_recipient (
                            order_id, name, company, street, city, region, postcode, country, phone, email)
                        values (
                            :order, :name, :company, :street, :city, :region, :postcode, :country, :phone, :email)
                        """)
                .bind("order", order)
                .bind("name", recipient.name)
                .bind("company", recipient.company)
                .bind("street", recipient.street)
                .bind("city", recipient.city)
                .bind("region", recipient.region)
                .bind("postcode", recipient.postcode)
                .bind("country", recipient.country)
                .bind("phone", recipient.phone)
                .bind("email", recipient.email)
                .execute();
    }
}

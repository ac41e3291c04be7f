package com.fluxvantage.outbound;

import static com.fluxvantage.kernel.operation.Refusal.Kind.CONFLICT;
import static com.fluxvantage.kernel.operation.Refusal.Kind.INVALID;

import com.fluxvantage.kernel.operation.Refusal;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.PostingId;
import com.fluxvantage.kernel.stock.StockAnswer;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Sku;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** Why goods do not go out, in sentences for the person who picks, packs or plans. */
sealed interface OutboundRefusal extends Refusal {
    @Is(value = CONFLICT, title = "The reference is taken.")
    record ReferenceTaken() implements OutboundRefusal {
        @Override
        public String detail() {
            return "There is another order with this reference.";
        }
    }

    @Is(value = CONFLICT, title = "The order takes no more stock.")
    record OrderNotAllocatable(OrderState state) implements OutboundRefusal {
        @Override
        public String detail() {
            return "This order is "
                    + state
                    + ". Stock is promised until everything promised is picked.";
        }
    }

    @Is(value = CONFLICT, title = "The order cannot be cancelled.")
    record OrderNotCancellable(OrderState state) implements OutboundRefusal {
        @Override
        public String detail() {
            return switch (state) {
                case ACCEPTED, ALLOCATED, PICKING, PICKED, PACKED ->
                        "This order is "
                                + state
                                + ": goods have left their places for it, so it goes out. Tell the"
                                + " customer to refuse it or to send it back.";
                case SHIPPED -> "This order has left. Tell the customer to send it back.";
                case CANCELLED -> "This order is CANCELLED already and holds nothing.";
            };
        }
    }

    @Is(value = CONFLICT, title = "The stock has changed meanwhile.")
    record StockChanged(List<Obstacle> stock) implements OutboundRefusal {
        record Obstacle(BucketId bucket, Optional<Quantity> asked, Optional<Quantity> free) {}

        static StockChanged by(StockAnswer.Unchanged answer) {
            return new StockChanged(
                    answer.obstacles().stream()
                            .map(it -> new Obstacle(it.bucket(), it.asked(), it.free()))
                            .toList());
        }

        @Override
        public String detail() {
            return "Others are taking the same goods at this moment. Nothing has changed; do it"
                    + " again.";
        }
    }

    @Is(value = CONFLICT, title = "This pick is done.")
    record PickDone() implements OutboundRefusal {
        @Override
        public String detail() {
            return "Nothing is left to take for this pick. Go on with the next one.";
        }
    }

    @Is(value = CONFLICT, title = "The order of this pick was cancelled.")
    record PickCancelled() implements OutboundRefusal {
        @Override
        public String detail() {
            return "Nobody waits for these goods any more. Leave them in their place and go on with"
                    + " the next pick.";
        }
    }

    @Is(value = CONFLICT, title = "This is another place.")
    record WrongLocation(Code expected) implements OutboundRefusal {
        @Override
        public String detail() {
            return "These goods are promised from " + expected + ". Go there and scan its label.";
        }
    }

    @Is(value = CONFLICT, title = "This is another item.")
    record WrongItem(Sku expected) implements OutboundRefusal {
        @Override
        public String detail() {
            return "This pick is for " + expected + ". Put the other item back.";
        }
    }

    @Is(value = INVALID, title = "This item needs its lot.")
    record LotRequired(Sku item) implements OutboundRefusal {
        @Override
        public String detail() {
            return item + " is kept by lot. Scan or type the lot number.";
        }
    }

    @Is(value = CONFLICT, title = "This is another lot.")
    record WrongLot(Optional<LotCode> expected) implements OutboundRefusal {
        @Override
        public String detail() {
            return expected.map(lot -> "This pick is for lot " + lot + ". Put the other lot back.")
                    .orElse("This item is not kept by lot. Leave the lot number out.");
        }
    }

    @Is(value = CONFLICT, title = "These goods expire too soon.")
    record LotExpired(LocalDate expiresOn, int minimumDays) implements OutboundRefusal {
        @Override
        public String detail() {
            return "These goods keep until "
                    + expiresOn
                    + ", which is no longer enough for this order. Leave them and ask.";
        }
    }

    @Is(value = CONFLICT, title = "That is more than asked for.")
    record OverPick(Quantity stillToPick) implements OutboundRefusal {
        @Override
        public String detail() {
            return "Only "
                    + stillToPick
                    + " more are to be taken for this pick. Put the rest back.";
        }
    }

    @Is(value = CONFLICT, title = "The scan's id was used for another scan.")
    record ScanReused() implements OutboundRefusal {
        @Override
        public String detail() {
            return "Another scan was counted under the id of this one. Nothing was counted now;"
                    + " scan again.";
        }
    }

    @Is(value = CONFLICT, title = "This scan was taken back.")
    record ScanReversed(PostingId by) implements OutboundRefusal {
        @Override
        public String detail() {
            return "This scan was counted and then taken back. Nothing was counted now; scan the"
                    + " goods again if you have them.";
        }
    }

    @Is(value = CONFLICT, title = "There is no scan to take back.")
    record NothingToReverse() implements OutboundRefusal {
        @Override
        public String detail() {
            return "You have scanned nothing of this pick. Only who made a scan takes it back.";
        }
    }

    @Is(value = CONFLICT, title = "Your last scan was taken back before.")
    record AlreadyReversed(PostingId scan) implements OutboundRefusal {
        @Override
        public String detail() {
            return "Your last scan of this pick is taken back already, and only the last one can"
                    + " be.";
        }
    }

    @Is(value = CONFLICT, title = "The goods have gone on.")
    record ScanBuiltOn(Quantity atStage) implements OutboundRefusal {
        @Override
        public String detail() {
            return "Of the goods of your last scan only "
                    + atStage
                    + " are still at the stage; the rest is in a carton. It cannot be taken back"
                    + " any more.";
        }
    }

    @Is(value = CONFLICT, title = "The order cannot be packed.")
    record OrderNotPackable(OrderState state) implements OutboundRefusal {
        @Override
        public String detail() {
            return "This order is "
                    + state
                    + ". Cartons are packed once something is picked and until all is packed.";
        }
    }

    @Is(value = CONFLICT, title = "An item is not on this order.")
    record NotOnOrder() implements OutboundRefusal {
        @Override
        public String detail() {
            return "This order has no line for one of these items. Take it out of the carton and"
                    + " ask.";
        }
    }

    @Is(value = CONFLICT, title = "That is more than was picked.")
    record OverPack(Sku item, Quantity toPack) implements OutboundRefusal {
        @Override
        public String detail() {
            return toPack.isNone()
                    ? "Nothing of this is at the stage for this order: " + item + "."
                    : "Only " + toPack + " of " + item + " are at the stage for this order.";
        }
    }

    @Is(value = CONFLICT, title = "The label is taken.")
    record LabelTaken() implements OutboundRefusal {
        @Override
        public String detail() {
            return "Another carton has this label. Take a new one.";
        }
    }

    @Is(value = CONFLICT, title = "The order is not packed.")
    record OrderNotPacked(OrderState state, Quantity toPick, Quantity toPack)
            implements OutboundRefusal {
        @Override
        public String detail() {
            return "This order is "
                    + state
                    + ". It leaves when everything promised is in a carton, and once.";
        }
    }

    @Is(value = CONFLICT, title = "Not every carton has a label.")
    record CartonsWithoutLabel(long cartons) implements OutboundRefusal {
        @Override
        public String detail() {
            return cartons
                    + " of the cartons have no label that was bought. Buy it, or type in carrier and"
                    + " tracking number.";
        }
    }

    @Is(value = CONFLICT, title = "The tracking number is taken.")
    record TrackingTaken() implements OutboundRefusal {
        @Override
        public String detail() {
            return "Another shipment of this carrier has this tracking number. Read the label"
                    + " again.";
        }
    }
}

package com.fluxvantage.inbound;

import static com.fluxvantage.kernel.operation.Refusal.Kind.CONFLICT;
import static com.fluxvantage.kernel.operation.Refusal.Kind.INVALID;

import com.fluxvantage.kernel.operation.Refusal;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.PostingId;

import java.time.LocalDate;

/** Why goods are not let in, in sentences for the person at the dock. */
sealed interface InboundRefusal extends Refusal {
    @Is(value = CONFLICT, title = "The reference is taken.")
    record ReferenceTaken() implements InboundRefusal {
        @Override
        public String detail() {
            return "There is another ASN with this reference.";
        }
    }

    @Is(value = CONFLICT, title = "The ASN cannot be received.")
    record AsnNotReceivable(String state) implements InboundRefusal {
        @Override
        public String detail() {
            return "This ASN is "
                    + state
                    + ". Goods are received while it is expected, arrived or being received.";
        }
    }

    @Is(value = CONFLICT, title = "The receipt is not open.")
    record ReceiptNotOpen(String state) implements InboundRefusal {
        @Override
        public String detail() {
            return "This receipt is "
                    + state
                    + ". What was counted into it stays; open another one to receive more.";
        }
    }

    @Is(value = CONFLICT, title = "This item is not on the ASN.")
    record NotAnnounced() implements InboundRefusal {
        @Override
        public String detail() {
            return "The ASN of this receipt has no line for this item. Put it aside and ask.";
        }
    }

    @Is(value = CONFLICT, title = "More came than was expected.")
    record OverReceipt(Quantity expected, Quantity received, Quantity stillAllowed)
            implements InboundRefusal {
        @Override
        public String detail() {
            return stillAllowed.isNone()
                    ? "Everything that was announced of this item is counted in. Put the rest aside"
                            + " and ask."
                    : "Only "
                            + stillAllowed
                            + " more of this item may be counted in. Put the rest aside and ask.";
        }
    }

    @Is(value = INVALID, title = "This item needs its lot.")
    record LotRequired() implements InboundRefusal {
        @Override
        public String detail() {
            return "This item is kept by lot. Scan or type the lot number.";
        }
    }

    @Is(value = INVALID, title = "This item is not kept by lot.")
    record LotNotWanted() implements InboundRefusal {
        @Override
        public String detail() {
            return "This item is not kept by lot. Leave the lot number out.";
        }
    }

    @Is(value = INVALID, title = "A new lot of this item needs its expiry date.")
    record ExpiryRequired() implements InboundRefusal {
        @Override
        public String detail() {
            return "Goods of this item have to keep. Type the date that is printed on the"
                    + " goods.";
        }
    }

    @Is(value = CONFLICT, title = "The lot is known with another expiry date.")
    record ExpiryDiffers(LocalDate known) implements InboundRefusal {
        @Override
        public String detail() {
            return "This lot was received before with the expiry date "
                    + known
                    + ". One of the two is a misprint.";
        }
    }

    @Is(value = CONFLICT, title = "The lot is known without an expiry date.")
    record LotHasNoExpiry() implements InboundRefusal {
        @Override
        public String detail() {
            return "This lot was received before without a date. Leave the date out, or ask.";
        }
    }

    @Is(value = CONFLICT, title = "These goods expire too soon.")
    record LotExpiresTooSoon(LocalDate expiresOn, int minimumDays) implements InboundRefusal {
        @Override
        public String detail() {
            return "Goods of this item have to keep at least "
                    + minimumDays
                    + " days after they arrive.";
        }
    }

    @Is(value = CONFLICT, title = "This place does not take goods from a truck.")
    record NotADock(String kind) implements InboundRefusal {
        @Override
        public String detail() {
            return "Goods come in at a dock; this place is a " + kind + ".";
        }
    }

    @Is(value = CONFLICT, title = "These goods cannot be put there.")
    record LocationNotAllowed(String why) implements InboundRefusal {
        @Override
        public String detail() {
            return why;
        }
    }

    @Is(value = CONFLICT, title = "The scan's id was used for another scan.")
    record ScanReused() implements InboundRefusal {
        @Override
        public String detail() {
            return "Another scan was counted under the id of this one. Nothing was counted now;"
                    + " scan again.";
        }
    }

    @Is(value = CONFLICT, title = "This scan was taken back.")
    record ScanReversed(PostingId by) implements InboundRefusal {
        @Override
        public String detail() {
            return "This scan was counted and then taken back. Nothing was counted now; scan the"
                    + " goods again if they are there.";
        }
    }

    @Is(value = CONFLICT, title = "There is no scan to take back.")
    record NothingToReverse() implements InboundRefusal {
        @Override
        public String detail() {
            return "You have scanned nothing here. Only who made a scan takes it back.";
        }
    }

    @Is(value = CONFLICT, title = "Your last scan was taken back before.")
    record AlreadyReversed(PostingId scan) implements InboundRefusal {
        @Override
        public String detail() {
            return "Your last scan here is taken back already, and only the last one can be.";
        }
    }

    @Is(value = CONFLICT, title = "The goods have gone on.")
    record ScanBuiltOn(Quantity free) implements InboundRefusal {
        @Override
        public String detail() {
            return "Of the goods of your last scan only "
                    + free
                    + " are still free where it put them. It cannot be taken back any more.";
        }
    }

    @Is(value = CONFLICT, title = "There is less than that.")
    record InsufficientStock(Quantity free) implements InboundRefusal {
        @Override
        public String detail() {
            return "Only " + free + " are free to be carried away here.";
        }
    }

    @Is(value = CONFLICT, title = "The stock here has changed.")
    record BucketChanged(long now) implements InboundRefusal {
        @Override
        public String detail() {
            return "Somebody moved goods here since you looked. Look again.";
        }
    }

    @Is(value = CONFLICT, title = "No bin is free for these goods.")
    record NoPutawayLocation() implements InboundRefusal {
        @Override
        public String detail() {
            return "The item has no face of its own here, no bin holds the same goods, and no bin"
                    + " is empty.";
        }
    }
}

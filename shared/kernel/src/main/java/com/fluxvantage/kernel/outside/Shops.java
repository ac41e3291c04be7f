package com.fluxvantage.kernel.outside;

import com.fluxvantage.kernel.text.Sku;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Calls the shops that tenants have connected: strangers, who may be away, busy or wrong. Whatever
 * happens there is answered within {@link #LONGEST} as a {@link Reply}; nothing is tried twice.
 * Each call may be repeated after it has succeeded, and then changes nothing. Safe for use by many
 * threads.
 */
public interface Shops {
    /** A call of a shop, however many requests it takes. */
    Duration LONGEST = Duration.ofSeconds(20);

    /** No page has more. */
    int MOST_ORDERS = 100;

    /** So many items are asked for or set at once. */
    int MOST_LEVELS = 100;

    /** Whether the credential is good and the stock location there. Cheap. */
    Reply<Standing> check(ShopAccess shop);

    /**
     * Paid orders that nothing was sent of yet, and orders that were cancelled whole, in the order
     * in which they changed. Read by time, so an order that changes while pages are read is met
     * again.
     *
     * @param most at most {@link #MOST_ORDERS}
     */
    Reply<Page> orders(ShopAccess shop, From from, int most);

    /** Tells the shop what has left. It is asked first, so what it knows it is not told again. */
    Reply<Told> ship(ShopAccess shop, ShopShipment shipment);

    /**
     * Which of these the shop does not show: it has no such shipment, or has taken it back.
     *
     * @param shipments at most {@link #MOST_ORDERS}
     */
    Reply<List<Tracked>> unshown(ShopAccess shop, List<Tracked> shipments);

    /** What the shop believes to have; an item that it does not know is not in the answer. */
    Reply<List<Level>> levels(ShopAccess shop, List<Sku> skus);

    /**
     * Sets what the shop believes to have on hand, absolutely. That includes what it has sold and
     * was not told to be shipped: a shop itself takes {@link Level#promised} off before it sells.
     *
     * @return those that the shop does not know
     */
    Reply<List<Sku>> setOnHand(ShopAccess shop, List<OnHand> levels);

    /** What became of a call. */
    sealed interface Reply<T> {
        record Answered<T>(T value) implements Reply<T> {}

        /**
         * It was not done, or nobody knows.
         *
         * @param notBefore so long the shop asks to be left alone
         */
        record Failed<T>(Trouble trouble, Optional<Duration> notBefore) implements Reply<T> {}

        static <T> Reply<T> answered(T value) {
            return new Answered<>(value);
        }

        static <T> Reply<T> failed(Trouble trouble) {
            return new Failed<>(trouble, Optional.empty());
        }
    }

    /** Why a shop did not do it. */
    enum Trouble {
        /** The credential is wrong, was revoked, or may not do this. */
        CREDENTIAL_REFUSED,
        /** Too many calls; when to come again is said where the shop said so. */
        THROTTLED,
        /** No such name. */
        UNKNOWN_NAME,
        /** The name means a machine that is not on the public internet: nobody was called. */
        FORBIDDEN_ADDRESS,
        /** Nobody listens there, or the certificate is not one of that name. */
        UNREACHABLE,
        /** No whole answer came in time; whether it was done is not known. */
        TIMED_OUT,
        /** The shop has a fault of its own. */
        SHOP_FAULT,
        /** What answers there is no such shop, or one of a release that we do not know. */
        NOT_UNDERSTOOD,
        /** The shop has understood, and says no to this one thing. */
        REFUSED;

        /** Whether to come again with anything else is in vain too: the shop, and not the thing. */
        public boolean isOfTheShop() {
            return this != REFUSED;
        }
    }

    /**
     * A shop that answers.
     *
     * @param hasLocation the stock location that is meant is there
     */
    record Standing(boolean hasLocation) {}

    /**
     * Where reading begins.
     *
     * @param updatedFrom by the shop's own clock; of all times where there is none
     * @param skip so many that changed at that very time were read
     */
    record From(Optional<Instant> updatedFrom, int skip) {
        public static final From THE_BEGINNING = new From(Optional.empty(), 0);
    }

    /**
     * An order that the shop has cancelled whole, paid or not.
     *
     * @param updatedAt by the shop's own clock
     */
    record Cancelled(ShopKey id, Instant updatedAt) {}

    /**
     * Some orders, in the order in which they changed.
     *
     * @param unreadable records of the page that are no orders at all
     * @param next where the next page begins; on the last one there is none
     */
    record Page(
            List<ShopOrder> orders,
            List<Cancelled> cancelled,
            int unreadable,
            Optional<From> next) {
        public Page {
            orders = List.copyOf(orders);
            cancelled = List.copyOf(cancelled);
        }
    }

    /** A shipment by what a shop knows it by. */
    record Tracked(ShopKey order, String carrier, String tracking) {}

    /** When the shop heard of a shipment. */
    enum Told {
        NOW,
        BEFORE
    }

    /**
     * What a shop believes to have.
     *
     * @param promised of {@code onHand}, what it has sold and not sent
     */
    record Level(Sku sku, long onHand, long promised) {}

    /** What a shop is to believe. */
    record OnHand(Sku sku, long onHand) {
        public OnHand {
            if (onHand < 0) {
                throw new IllegalArgumentException("nothing is on hand less than not at all");
            }
        }
    }
}

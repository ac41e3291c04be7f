package com.fluxvantage.runtime;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.CarrierShipment;
import com.fluxvantage.kernel.outside.CarrierShipment.Bought;
import com.fluxvantage.kernel.outside.CarrierShipment.Progress;
import com.fluxvantage.kernel.outside.CarrierShipment.Rate;
import com.fluxvantage.kernel.outside.CarrierShipment.Refund;
import com.fluxvantage.kernel.outside.Carriers;
import com.fluxvantage.kernel.outside.LabelFormat;
import com.fluxvantage.kernel.outside.Parcel;
import com.fluxvantage.kernel.outside.ParcelState;
import com.fluxvantage.kernel.outside.Price;
import com.fluxvantage.kernel.outside.Secret;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A carriers' company in this process, as strict as the one it stands for: a key sees its own
 * shipments and no others, of a shipment one label is bought and no second, and only what was
 * bought is given back. It remembers every call, so that whoever was killed can be asked what had
 * happened. Thread-safe.
 */
public final class LocalCarriers implements Carriers {
    private static final String KEY = "EZ[A-Z]{2}[A-Za-z0-9]{8,120}";
    private static final long MOST_GRAMS = 70_000;

    /** What is called, and what comes of it unless somebody has decided otherwise. */
    @FunctionalInterface
    public interface Fate {
        <T> Answer<T> befalls(String call, Supplier<Answer<T>> asUsual);
    }

    private static final class Kept {
        private final Bytes key;
        private final Parcel parcel;
        private CarrierShipment shipment;

        Kept(Bytes key, Parcel parcel, CarrierShipment shipment) {
            this.key = key;
            this.parcel = parcel;
            this.shipment = shipment;
        }
    }

    private final Map<String, Kept> shipments = new ConcurrentHashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile Fate fate =
            new Fate() {
                @Override
                public <T> Answer<T> befalls(String call, Supplier<Answer<T>> asUsual) {
                    return asUsual.get();
                }
            };

    /** From now on calls meet this. */
    public void meet(Fate next) {
        fate = next;
    }

    /** What was called, in order: {@code rate}, {@code find}, {@code buy}, and so on. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** Labels that were bought, and cost money. */
    public synchronized List<Bought> bought() {
        return shipments.values().stream()
                .map(it -> it.shipment.bought())
                .flatMap(Optional::stream)
                .toList();
    }

    /** The carrier has said something of a parcel. */
    public synchronized void moved(String shipment, ParcelState state, Instant at) {
        change(
                shipment,
                it ->
                        new CarrierShipment(
                                it.id(),
                                it.rates(),
                                it.bought()
                                        .map(label ->
                                                new Bought(
                                                        label.carrier(),
                                                        label.service(),
                                                        label.price(),
                                                        label.tracking(),
                                                        label.file(),
                                                        Optional.of(new Progress(state, at)))),
                                it.refund()));
    }

    /** The carrier has decided on a refund. */
    public synchronized void decided(String shipment, Refund refund) {
        change(
                shipment,
                it -> new CarrierShipment(it.id(), it.rates(), it.bought(), Optional.of(refund)));
    }

    @Override
    public Answer<CarrierShipment> rate(Secret key, Parcel parcel) {
        return met("rate", key, () -> rated(key, parcel));
    }

    @Override
    public Answer<CarrierShipment> find(Secret key, String shipment) {
        return met("find", key, () -> of(key, shipment, it -> new Answer.Given<>(it.shipment)));
    }

    @Override
    public Answer<CarrierShipment> buy(Secret key, String shipment, String rate) {
        return met("buy", key, () -> of(key, shipment, it -> sold(it, rate)));
    }

    @Override
    public Answer<CarrierShipment> refund(Secret key, String shipment) {
        return met("refund", key, () -> of(key, shipment, LocalCarriers::takenBack));
    }

    @Override
    public Answer<Bytes> label(URI file) {
        calls.add("label");
        return fate.befalls("label", () -> printed(file));
    }

    private Answer<CarrierShipment> met(
            String call, Secret key, Supplier<Answer<CarrierShipment>> asUsual) {
        calls.add(call);
        return fate.befalls(
                call,
                () ->
                        new String(key.reveal(), StandardCharsets.UTF_8).matches(KEY)
                                ? asUsual.get()
                                : new Answer.Refused<>(Why.KEY_REFUSED));
    }

    private synchronized Answer<CarrierShipment> rated(Secret key, Parcel parcel) {
        if (parcel.weightGrams() > MOST_GRAMS) {
            return new Answer.Refused<>(Why.NO_RATES);
        }
        String id = "shp_" + hex();
        var shipment =
                new CarrierShipment(
                        id,
                        List.of(
                                new Rate(
                                        "rate_" + hex(),
                                        "Roadrunner",
                                        "Ground",
                                        new Price(593 + parcel.weightGrams() / 100, "USD"),
                                        OptionalInt.of(3)),
                                new Rate(
                                        "rate_" + hex(),
                                        "Roadrunner",
                                        "Express",
                                        new Price(3310 + parcel.weightGrams() / 100, "USD"),
                                        OptionalInt.empty())),
                        Optional.empty(),
                        Optional.empty());
        shipments.put(id, new Kept(Bytes.of(key.reveal()), parcel, shipment));
        return new Answer.Given<>(shipment);
    }

    private static Answer<CarrierShipment> sold(Kept kept, String rate) {
        if (kept.shipment.bought().isPresent()) {
            return new Answer.Refused<>(Why.ALREADY_BOUGHT);
        }
        var chosen = kept.shipment.rates().stream().filter(it -> it.id().equals(rate)).findFirst();
        if (chosen.isEmpty()) {
            return new Answer.Refused<>(Why.UNKNOWN_SHIPMENT);
        }
        var at = chosen.get();
        kept.shipment =
                new CarrierShipment(
                        kept.shipment.id(),
                        kept.shipment.rates(),
                        Optional.of(
                                new Bought(
                                        at.carrier(),
                                        at.service(),
                                        at.price(),
                                        "RR"
                                                + kept.shipment
                                                        .id()
                                                        .substring(4, 20)
                                                        .toUpperCase(Locale.ROOT),
                                        URI.create("local:labels/" + kept.shipment.id()),
                                        Optional.empty())),
                        Optional.empty());
        return new Answer.Given<>(kept.shipment);
    }

    private static Answer<CarrierShipment> takenBack(Kept kept) {
        if (kept.shipment.bought().isEmpty()) {
            return new Answer.Refused<>(Why.CARRIER_REFUSED);
        }
        if (kept.shipment.refund().isEmpty()) {
            kept.shipment =
                    new CarrierShipment(
                            kept.shipment.id(),
                            kept.shipment.rates(),
                            kept.shipment.bought(),
                            Optional.of(Refund.SUBMITTED));
        }
        return new Answer.Given<>(kept.shipment);
    }

    // A label that can be read: it shows the recipient, as labels do.
    private synchronized Answer<Bytes> printed(URI file) {
        var kept = shipments.get(file.getSchemeSpecificPart().replaceFirst("labels/", ""));
        if (kept == null || kept.shipment.bought().isEmpty()) {
            return new Answer.Later<>(Cause.FAILING, Optional.empty());
        }
        var to = kept.parcel.to();
        String text =
                (kept.parcel.format() == LabelFormat.ZPL ? "^XA^FD" : "%")
                        + String.join(
                                "^FS^FD",
                                to.name().sealed(),
                                to.street().sealed(),
                                to.postcode().sealed() + " " + to.city().sealed())
                        + "^FS^XZ";
        return new Answer.Given<>(Bytes.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    private synchronized Answer<CarrierShipment> of(
            Secret key, String shipment, Function<Kept, Answer<CarrierShipment>> then) {
        var kept = shipments.get(shipment);
        return kept == null || !kept.key.equals(Bytes.of(key.reveal()))
                ? new Answer.Refused<>(Why.UNKNOWN_SHIPMENT)
                : then.apply(kept);
    }

    private void change(String shipment, Function<CarrierShipment, CarrierShipment> how) {
        var kept = shipments.get(shipment);
        if (kept == null) {
            throw new IllegalArgumentException("there is no such shipment");
        }
        kept.shipment = how.apply(kept.shipment);
    }

    private static String hex() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}

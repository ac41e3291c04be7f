package com.fluxvantage.easypost;

import com.fluxvantage.kernel.outside.CarrierShipment;
import com.fluxvantage.kernel.outside.CarrierShipment.Bought;
import com.fluxvantage.kernel.outside.CarrierShipment.Progress;
import com.fluxvantage.kernel.outside.CarrierShipment.Rate;
import com.fluxvantage.kernel.outside.CarrierShipment.Refund;
import com.fluxvantage.kernel.outside.Carriers.Answer;
import com.fluxvantage.kernel.outside.Carriers.Cause;
import com.fluxvantage.kernel.outside.Carriers.Why;
import com.fluxvantage.kernel.outside.Parcel;
import com.fluxvantage.kernel.outside.ParcelState;
import com.fluxvantage.kernel.outside.PostalAddress;
import com.fluxvantage.kernel.outside.Price;
import com.fluxvantage.kernel.privacy.PersonalData;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * EasyPost's words and ours. It wants inches and ounces, with one decimal; what lies between two is
 * rounded up, since a carrier charges for what was told too low. Of an answer only what is named
 * here is read, and nothing in it is repeated to anybody.
 */
final class Words {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final BigDecimal GRAMS_OF_AN_OUNCE = new BigDecimal("28.349523125");
    private static final BigDecimal MILLIMETRES_OF_AN_INCH = new BigDecimal("25.4");
    private static final int MOST_RATES = 100;

    static final byte[] NOTHING = {'{', '}'};

    private Words() {}

    static byte[] shipment(Parcel parcel) {
        var root = JSON.createObjectNode();
        var shipment = root.putObject("shipment");
        shipment.put("reference", parcel.reference());
        address(parcel.from(), shipment.putObject("from_address"));
        address(parcel.to(), shipment.putObject("to_address"));
        shipment.putObject("parcel")
                .put("length", inches(parcel.lengthMillimetres()))
                .put("width", inches(parcel.widthMillimetres()))
                .put("height", inches(parcel.heightMillimetres()))
                .put("weight", up(parcel.weightGrams(), GRAMS_OF_AN_OUNCE));
        shipment.putObject("options").put("label_format", parcel.format().name());
        return JSON.writeValueAsBytes(root);
    }

    static byte[] rate(String rate) {
        var root = JSON.createObjectNode();
        root.putObject("rate").put("id", rate);
        return JSON.writeValueAsBytes(root);
    }

    private static void address(PostalAddress address, ObjectNode into) {
        into.put("name", address.name().sealed());
        put("company", address.company(), into);
        into.put("street1", address.street().sealed());
        into.put("city", address.city().sealed());
        put("state", address.region(), into);
        into.put("zip", address.postcode().sealed());
        into.put("country", address.country());
        put("phone", address.phone(), into);
        put("email", address.email(), into);
    }

    private static void put(String name, Optional<PersonalData> value, ObjectNode into) {
        value.ifPresent(it -> into.put(name, it.sealed()));
    }

    private static BigDecimal inches(long millimetres) {
        return up(millimetres, MILLIMETRES_OF_AN_INCH);
    }

    private static BigDecimal up(long metric, BigDecimal unit) {
        return BigDecimal.valueOf(metric).divide(unit, 1, RoundingMode.CEILING);
    }

    static Answer<CarrierShipment> answer(Exchange.Reply.Answered answered) {
        int status = answered.status();
        if (status == 429) {
            return new Answer.Later<>(Cause.THROTTLED, answered.notBefore());
        }
        if (status >= 500) {
            return new Answer.Later<>(Cause.FAILING, answered.notBefore());
        }
        JsonNode body;
        try {
            body = JSON.readTree(answered.body());
        } catch (JacksonException _) {
            return unreadable();
        }
        if (status == 200 || status == 201) {
            return shipment(body)
                    .<Answer<CarrierShipment>>map(Answer.Given::new)
                    .orElseGet(Words::unreadable);
        }
        return status >= 400
                ? refusal(status, body.path("error").path("code").asString(""))
                : unreadable();
    }

    private static <T> Answer<T> unreadable() {
        return new Answer.Later<>(Cause.UNREADABLE, Optional.empty());
    }

    // Its codes go before its statuses, for some of 422 leave open whether anything was bought.
    private static Answer<CarrierShipment> refusal(int status, String code) {
        return switch (code) {
            case "SHIPMENT.POSTAGE.EXISTS" -> new Answer.Refused<>(Why.ALREADY_BOUGHT);
            case "SHIPMENT.PURCHASE.IN_PROGRESS",
                    "SHIPMENT.POSTAGE.TIMED_OUT",
                    "SHIPMENT.POSTAGE.NO_RESPONSE" ->
                    new Answer.Later<>(Cause.FAILING, Optional.empty());
            case "SHIPMENT.POSTAGE.FAILURE", "SHIPMENT.REFUND.FAILURE" ->
                    new Answer.Refused<>(Why.CARRIER_REFUSED);
            default -> byStatus(status);
        };
    }

    private static Answer<CarrierShipment> byStatus(int status) {
        return switch (status) {
            case 401 -> new Answer.Refused<>(Why.KEY_REFUSED);
            case 402, 403 -> new Answer.Refused<>(Why.ACCOUNT_REFUSED);
            case 404 -> new Answer.Refused<>(Why.UNKNOWN_SHIPMENT);
            case 408, 409, 425 -> new Answer.Later<>(Cause.FAILING, Optional.empty());
            default -> new Answer.Refused<>(Why.PARCEL_REFUSED);
        };
    }

    private static Optional<CarrierShipment> shipment(JsonNode body) {
        String id = body.path("id").asString("");
        if (!id.startsWith("shp_")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new CarrierShipment(id, rates(body), bought(body), refund(body)));
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException _) {
            return Optional.empty();
        }
    }

    private static List<Rate> rates(JsonNode body) {
        var rates = new ArrayList<Rate>();
        for (var rate : body.path("rates")) {
            if (rates.size() == MOST_RATES) {
                break;
            }
            int days = rate.path("delivery_days").asInt(0);
            rates.add(
                    new Rate(
                            text(rate, "id"),
                            text(rate, "carrier"),
                            text(rate, "service"),
                            price(rate),
                            days > 0 ? OptionalInt.of(days) : OptionalInt.empty()));
        }
        return rates;
    }

    private static Optional<Bought> bought(JsonNode body) {
        var rate = body.path("selected_rate");
        var label = body.path("postage_label");
        if (!rate.isObject() || !label.isObject()) {
            return Optional.empty();
        }
        return Optional.of(
                new Bought(
                        text(rate, "carrier"),
                        text(rate, "service"),
                        price(rate),
                        text(body, "tracking_code"),
                        URI.create(text(label, "label_url")),
                        progress(body.path("tracker"))));
    }

    private static Optional<Progress> progress(JsonNode tracker) {
        if (!tracker.isObject()) {
            return Optional.empty();
        }
        return ParcelState.named(text(tracker, "status"))
                .map(it ->
                        new Progress(
                                it, OffsetDateTime.parse(text(tracker, "updated_at")).toInstant()));
    }

    private static Optional<Refund> refund(JsonNode body) {
        return switch (body.path("refund_status").asString("").toLowerCase(Locale.ROOT)) {
            case "submitted" -> Optional.of(Refund.SUBMITTED);
            case "refunded" -> Optional.of(Refund.GRANTED);
            case "rejected" -> Optional.of(Refund.REJECTED);
            default -> Optional.empty();
        };
    }

    private static Price price(JsonNode rate) {
        return Price.of(text(rate, "rate"), text(rate, "currency"));
    }

    // What is to be there and is not makes the whole unreadable.
    private static String text(JsonNode node, String name) {
        var value = node.path(name);
        if (!value.isString() || value.asString().isBlank()) {
            throw new IllegalArgumentException("an answer has no " + name);
        }
        return value.asString();
    }
}

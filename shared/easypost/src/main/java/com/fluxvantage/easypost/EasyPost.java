package com.fluxvantage.easypost;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.CarrierShipment;
import com.fluxvantage.kernel.outside.Carriers;
import com.fluxvantage.kernel.outside.Parcel;
import com.fluxvantage.kernel.outside.Secret;

import java.net.URI;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Carriers through EasyPost. The host is EasyPost's and no other; labels are fetched from where it
 * keeps its files, and from nowhere else, whatever an answer says. A shipment there has a life of
 * its own: once a label was bought of it, a second purchase is refused as {@code
 * SHIPMENT.POSTAGE.EXISTS}.
 */
public final class EasyPost implements Carriers {
    /** Its files lie in Amazon's store, addressed in either of two ways. */
    private static final Pattern FILES =
            Pattern.compile("easypost-files\\.s3[.-][a-z0-9-]+\\.amazonaws\\.com");

    // What goes into a path comes from a row of ours, and is checked all the same.
    private static final Pattern ID = Pattern.compile("[a-z]+_[0-9a-f]{8,64}");

    private static final int LARGEST_ANSWER_BYTES = 512 * 1024;

    private final Exchange exchange;
    private final URI api;
    private final Predicate<URI> mayBeFetched;

    /** The one there is. */
    public EasyPost() {
        this(
                new Exchange(LONGEST),
                URI.create("https://api.easypost.com"),
                it ->
                        "https".equals(it.getScheme())
                                && it.getHost() != null
                                && it.getUserInfo() == null
                                && it.getPort() == -1
                                && FILES.matcher(it.getHost()).matches());
    }

    /** For tests, which have neither that host nor its certificate. */
    EasyPost(Exchange exchange, URI api, Predicate<URI> mayBeFetched) {
        this.exchange = exchange;
        this.api = api;
        this.mayBeFetched = mayBeFetched;
    }

    @Override
    public Answer<CarrierShipment> rate(Secret key, Parcel parcel) {
        var answer = told(key, "POST", "/v2/shipments", Optional.of(Words.shipment(parcel)));
        return answer instanceof Answer.Given<CarrierShipment>(var shipment)
                        && shipment.rates().isEmpty()
                ? new Answer.Refused<>(Why.NO_RATES)
                : answer;
    }

    @Override
    public Answer<CarrierShipment> find(Secret key, String shipment) {
        return isNone(shipment)
                ? new Answer.Refused<>(Why.UNKNOWN_SHIPMENT)
                : told(key, "GET", "/v2/shipments/" + shipment, Optional.empty());
    }

    @Override
    public Answer<CarrierShipment> buy(Secret key, String shipment, String rate) {
        return isNone(shipment) || isNone(rate)
                ? new Answer.Refused<>(Why.UNKNOWN_SHIPMENT)
                : told(
                        key,
                        "POST",
                        "/v2/shipments/" + shipment + "/buy",
                        Optional.of(Words.rate(rate)));
    }

    @Override
    public Answer<CarrierShipment> refund(Secret key, String shipment) {
        return isNone(shipment)
                ? new Answer.Refused<>(Why.UNKNOWN_SHIPMENT)
                : told(
                        key,
                        "POST",
                        "/v2/shipments/" + shipment + "/refund",
                        Optional.of(Words.NOTHING));
    }

    @Override
    public Answer<Bytes> label(URI file) {
        if (!mayBeFetched.test(file)) {
            return new Answer.Later<>(Cause.UNREADABLE, Optional.empty());
        }
        return switch (exchange.get(file, LARGEST_LABEL_BYTES)) {
            case Exchange.Reply.Broken(var cause) -> new Answer.Later<>(cause, Optional.empty());
            case Exchange.Reply.Answered answered ->
                    answered.status() == 200 && answered.body().length > 0
                            ? new Answer.Given<>(Bytes.of(answered.body()))
                            : new Answer.Later<>(Cause.FAILING, answered.notBefore());
        };
    }

    private Answer<CarrierShipment> told(
            Secret key, String method, String path, Optional<byte[]> body) {
        return switch (exchange.send(key, method, api.resolve(path), body, LARGEST_ANSWER_BYTES)) {
            case Exchange.Reply.Broken(var cause) -> new Answer.Later<>(cause, Optional.empty());
            case Exchange.Reply.Answered answered -> Words.answer(answered);
        };
    }

    private static boolean isNone(String id) {
        return !ID.matcher(id).matches();
    }
}

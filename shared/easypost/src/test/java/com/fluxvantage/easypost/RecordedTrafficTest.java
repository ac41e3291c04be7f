package com.fluxvantage.easypost;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.CarrierShipment;
import com.fluxvantage.kernel.outside.CarrierShipment.Rate;
import com.fluxvantage.kernel.outside.CarrierShipment.Refund;
import com.fluxvantage.kernel.outside.Carriers.Answer;
import com.fluxvantage.kernel.outside.Carriers.Why;
import com.fluxvantage.kernel.outside.LabelFormat;
import com.fluxvantage.kernel.outside.Parcel;
import com.fluxvantage.kernel.outside.ParcelState;
import com.fluxvantage.kernel.outside.PostalAddress;
import com.fluxvantage.kernel.outside.Price;
import com.fluxvantage.kernel.privacy.PersonalData;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * EasyPost's own recordings over this machine's network: what we ask is compared with what its
 * client library asked, and what we read with what was answered.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class RecordedTrafficTest {
    private static final List<Recorded> BUY = Recorded.of("buy");

    private final TheirServer server = new TheirServer();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_parcel_is_told_as_their_library_tells_it_in_inches_and_ounces() {
        server.replays(BUY);

        server.client().rate(TheirServer.key(), theirs(LabelFormat.ZPL));

        var asked = server.asked().getFirst();
        var recorded = BUY.getFirst();
        assertThat(asked.method()).isEqualTo(recorded.method());
        assertThat(asked.path()).isEqualTo(recorded.path());
        var shipment = asked.body().path("shipment");
        var theirs = recorded.request().path("shipment");
        assertThat(shipment.path("parcel").properties())
                .allSatisfy(it ->
                        assertThat(it.getValue().decimalValue())
                                .as(it.getKey())
                                .isEqualByComparingTo(
                                        theirs.path("parcel").path(it.getKey()).decimalValue()))
                .hasSize(4);
        assertThat(shipment.path("to_address")).isEqualTo(theirs.path("to_address"));
        // They have two lines for the street.
        assertThat(without("street2", theirs.path("from_address")))
                .isEqualTo(shipment.path("from_address"));
        assertThat(shipment.path("reference").asString()).isEqualTo("label-1");
        assertThat(shipment.path("options").path("label_format").asString()).isEqualTo("ZPL");
    }

    @Test
    void the_key_is_the_user_of_basic_authentication_and_has_no_password() {
        server.replays(BUY);

        server.client().rate(TheirServer.key(), theirs(LabelFormat.PDF));

        String header = server.asked().getFirst().authorization();
        assertThat(header).startsWith("Basic ");
        assertThat(
                        new String(
                                Base64.getDecoder().decode(header.substring(6)),
                                StandardCharsets.UTF_8))
                .isEqualTo(TheirServer.KEY + ":");
    }

    @Test
    void rates_are_money_in_cents() {
        server.replays(BUY);

        var rated = given(server.client().rate(TheirServer.key(), theirs(LabelFormat.PNG)));

        assertThat(rated.id()).isEqualTo("shp_a99b3696d5544ac1a5063a7d0f5d7038");
        assertThat(rated.bought()).isEmpty();
        assertThat(rated.rates())
                .containsExactly(
                        new Rate(
                                "rate_21e114aa3bce4d29824b9359abcc51b6",
                                "USPS",
                                "GroundAdvantage",
                                new Price(593, "USD"),
                                OptionalInt.of(3)),
                        new Rate(
                                "rate_ec3081571e5b4d778a5743585f8c142f",
                                "USPS",
                                "Express",
                                new Price(3310, "USD"),
                                OptionalInt.of(1)),
                        new Rate(
                                "rate_3be47e4c7e5b4aa6aca52b7173c48fe7",
                                "USPS",
                                "Priority",
                                new Price(690, "USD"),
                                OptionalInt.of(2)));
    }

    @Test
    void a_label_is_bought_at_a_rate_and_has_a_tracking_number() {
        server.replays(BUY.subList(1, 2));

        var bought =
                given(
                        server.client()
                                .buy(
                                        TheirServer.key(),
                                        "shp_a99b3696d5544ac1a5063a7d0f5d7038",
                                        "rate_21e114aa3bce4d29824b9359abcc51b6"));

        var asked = server.asked().getFirst();
        assertThat(asked.method()).isEqualTo(BUY.get(1).method());
        assertThat(asked.path()).isEqualTo(BUY.get(1).path());
        assertThat(asked.body().path("rate").path("id"))
                .isEqualTo(BUY.get(1).request().path("rate").path("id"));
        var label = bought.bought().orElseThrow();
        assertThat(label.tracking()).isEqualTo("9400100105807076063249");
        assertThat(label.carrier()).isEqualTo("USPS");
        assertThat(label.service()).isEqualTo("GroundAdvantage");
        assertThat(label.price()).isEqualTo(new Price(593, "USD"));
        assertThat(label.file())
                .hasHost("easypost-files.s3.us-west-2.amazonaws.com")
                .hasScheme("https");
        assertThat(label.progress().orElseThrow().state()).isEqualTo(ParcelState.UNKNOWN);
    }

    @Test
    void whether_anything_was_bought_is_seen_when_it_is_looked_up() {
        var recorded = Recorded.of("find");
        server.replays(recorded);
        var client = server.client();

        var open = given(client.find(TheirServer.key(), "shp_7d33e2a894cb4a7eb5e1861e845acb92"));
        var sold = given(client.find(TheirServer.key(), "shp_e2b01acfa9ce40a1beabb08665cac06d"));

        assertThat(server.asked())
                .extracting(it -> it.method() + " " + it.path())
                .containsExactlyElementsOf(
                        recorded.stream().map(it -> it.method() + " " + it.path()).toList());
        assertThat(open.bought()).isEmpty();
        assertThat(open.rates()).isNotEmpty();
        var label = sold.bought().orElseThrow();
        assertThat(label.tracking()).isEqualTo("9400100105807076062822");
        assertThat(label.progress())
                .contains(
                        new CarrierShipment.Progress(
                                ParcelState.PRE_TRANSIT, Instant.parse("2024-08-16T15:57:54Z")));
    }

    @Test
    void a_label_is_given_back_and_the_carrier_decides_later() {
        var recorded = Recorded.of("refund");
        server.replays(recorded);

        var refunded =
                given(
                        server.client()
                                .refund(TheirServer.key(), "shp_48f1f6414f3d495c9d572a42a9605cf8"));

        assertThat(server.asked().getFirst().method()).isEqualTo(recorded.getFirst().method());
        assertThat(server.asked().getFirst().path()).isEqualTo(recorded.getFirst().path());
        assertThat(refunded.refund()).contains(Refund.SUBMITTED);
        assertThat(refunded.bought()).isPresent();
    }

    @Test
    void what_they_refuse_is_refused() {
        server.replays(Recorded.of("errors"));
        var client = server.client();

        assertThat(client.rate(TheirServer.key(), theirs(LabelFormat.ZPL)))
                .isEqualTo(new Answer.Refused<>(Why.PARCEL_REFUSED));
        assertThat(client.find(TheirServer.key(), "shp_00000000"))
                .isEqualTo(new Answer.Refused<>(Why.UNKNOWN_SHIPMENT));
    }

    /** The parcel of their recording: 10 by 8 by 4 inches and 15.4 ounces. */
    static Parcel theirs(LabelFormat format) {
        return new Parcel(
                "label-1",
                address("Jack Sparrow", "388 Townsend St", "San Francisco", "CA", "94107"),
                address("Elizabeth Swan", "179 N Harbor Dr", "Redondo Beach", "CA", "90277"),
                436,
                254,
                203,
                101,
                format);
    }

    private static PostalAddress address(
            String name, String street, String city, String region, String postcode) {
        return new PostalAddress(
                new PersonalData(name),
                Optional.empty(),
                new PersonalData(street),
                new PersonalData(city),
                Optional.of(new PersonalData(region)),
                new PersonalData(postcode),
                "US",
                Optional.of(new PersonalData("REDACTED")),
                Optional.of(new PersonalData("test@example.com")));
    }

    private static CarrierShipment given(Answer<CarrierShipment> answer) {
        assertThat(answer).isInstanceOf(Answer.Given.class);
        return ((Answer.Given<CarrierShipment>) answer).value();
    }

    private static JsonNode without(String field, JsonNode of) {
        var copy = (ObjectNode) of.deepCopy();
        copy.remove(field);
        return copy;
    }
}

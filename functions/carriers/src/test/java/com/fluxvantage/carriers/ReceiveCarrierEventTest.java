package com.fluxvantage.carriers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.ParcelState;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** News of parcels, as EasyPost signs and sends them: late, twice, and in any order. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class ReceiveCarrierEventTest {
    // With a sign that has two spellings: which one is meant, both sides have to agree on.
    private static final String SECRET = "un sécret de test";

    private final TestPlatform platform = TestPlatform.running("tend-labels");
    private final Cartons mine = new Cartons(platform);
    private LabelId label;
    private String shipment;

    @BeforeEach
    void buy() throws SQLException {
        mine.jobs().untilMorning();
        bring(mine, SECRET);
        label = mine.bought();
        shipment = shipment(label);
    }

    @Test
    void what_they_sign_moves_the_parcel_and_whoever_subscribes_is_told() throws SQLException {
        assertThat(send(event("in_transit", 1)).text("receipt")).isEqualTo("MOVED");

        assertThat(mine.label(label).parcelState()).contains(ParcelState.IN_TRANSIT);
        mine.later(java.time.Duration.ofMinutes(1));
        assertThat(
                        mine.jobs()
                                .rows(
                                        "select payload ->> 'state' from wms.outbox where tenant_id"
                                                + " = ? and type = 'parcel.moved'",
                                        mine.client()))
                .containsExactly("IN_TRANSIT");
    }

    @Test
    void the_same_event_three_times_at_once_moves_it_once() {
        var answers = Together.all(3, _ -> send(event("in_transit", 1)));

        assertThat(answers)
                .extracting(it -> it.text("receipt"))
                .containsExactlyInAnyOrder("MOVED", "KNOWN", "KNOWN");
    }

    @Test
    void whatever_the_order_the_furthest_stays() throws SQLException {
        var news =
                List.of(
                        event("pre_transit", 1),
                        event("in_transit", 2),
                        event("in_transit", 4),
                        event("out_for_delivery", 3),
                        event("delivered", 5),
                        event("in_transit", 9));
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 8; round++) {
            mine.change(
                    "update wms.carrier_label set parcel_state = null, parcel_state_at = null where"
                            + " tenant_id = ?");
            var shuffled = new ArrayList<>(news);
            Collections.shuffle(shuffled, random);

            shuffled.forEach(this::send);

            var now = mine.label(label);
            assertThat(now.parcelState())
                    .as("seed %d, round %d", seed, round)
                    .contains(ParcelState.DELIVERED);
            assertThat(now.parcelStateAt()).contains(java.time.Instant.ofEpochSecond(5));
        }
    }

    @Test
    void what_proves_nothing_is_answered_alike_and_moves_nothing() {
        String body = event("delivered", 1);
        var answers =
                List.of(
                        post(Map.of(), body),
                        post(signed(body, "another secret of somebody"), body),
                        post(signed(body + " ", SECRET), body),
                        post(Map.of("x-hmac-signature", "hmac-sha256-hex="), body),
                        post(Map.of("x-hmac-signature", signature(body, SECRET)), body));

        assertThat(answers).extracting(Answer::status).containsOnly(401);
        assertThat(answers)
                .extracting(Answer::comparable)
                .containsOnly(answers.getFirst().comparable());
        assertThat(mine.label(label).parcelState()).isEmpty();
    }

    @Test
    void a_secret_that_was_replaced_or_whose_connection_has_ended_proves_nothing() {
        bring(mine, "the next secret of the test");
        assertThat(send(event("delivered", 1)).status()).isEqualTo(401);

        mine.client()
                .done(DisconnectCarrier.OPERATION, new DisconnectCarrier.Request(mine.carrier()));
        String body = event("delivered", 1);
        assertThat(post(signed(body, "the next secret of the test"), body).status()).isEqualTo(401);
    }

    @Test
    void the_secret_of_another_tenant_moves_no_parcel_of_ours() {
        var theirs = new Cartons(platform);
        bring(theirs, SECRET);
        String body = event("delivered", 1);

        var answer =
                platform.signed(
                        "receive-carrier-event",
                        Map.of("carrier_id", Identifiers.text(theirs.carrier())),
                        signed(body, SECRET),
                        body);

        assertThat(answer.text("receipt")).isEqualTo("NOTHING");
        assertThat(mine.label(label).parcelState()).isEmpty();
    }

    @Test
    void what_is_signed_and_tells_of_no_parcel_is_answered_well_and_forgotten() {
        for (String body :
                List.of(
                        "",
                        "{",
                        "[]",
                        "5",
                        "{\"description\": \"batch.created\"}",
                        event("delivered", 1).replace(shipment, "shp_00000000"),
                        event("abducted", 1),
                        event("delivered", 1).replace("1970-01-01T00:00:01Z", "soon"),
                        event("delivered", 1).replace("1970-01-01T00:00:01Z", "infinity"),
                        event("delivered", 1).replace("\"updated_at\"", "\"updated\""))) {
            var answer = send(body);

            assertThat(answer.status()).as(body).isEqualTo(200);
            assertThat(answer.text("receipt")).as(body).isEqualTo("NOTHING");
        }
        assertThat(mine.label(label).parcelState()).isEmpty();
    }

    private void bring(Cartons to, String secret) {
        to.client()
                .done(
                        SetCarrierSignature.OPERATION,
                        new SetCarrierSignature.Request(to.carrier(), new Credential(secret)));
    }

    private Answer send(String body) {
        return post(signed(body, SECRET), body);
    }

    private Answer post(Map<String, String> headers, String body) {
        return platform.signed(
                "receive-carrier-event",
                Map.of("carrier_id", Identifiers.text(mine.carrier())),
                headers,
                body);
    }

    /** In EasyPost's own words, with what we do not read. */
    private String event(String status, int second) {
        return """
        {"id": "evt_1", "object": "Event", "description": "tracker.updated", "mode": "production",
         "previous_attributes": {"status": "unknown"},
         "result": {"id": "trk_1", "object": "Tracker", "tracking_code": "1", "status": "%s", "signed_by": "E SWAN",
                    "updated_at": "1970-01-01T00:00:%02dZ", "shipment_id": "%s",
                    "tracking_details": [{"message": "Arrived", "tracking_location": {"city": "EDISON"}}]}}
        """
                .formatted(status, second, shipment);
    }

    private static Map<String, String> signed(String body, String secret) {
        return Map.of("x-hmac-signature", "hmac-sha256-hex=" + signature(body, secret));
    }

    /** As they document it, and not by our own code. */
    private static String signature(String body, String secret) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(
                    new SecretKeySpec(
                            Normalizer.normalize(secret, Normalizer.Form.NFKD)
                                    .getBytes(StandardCharsets.UTF_8),
                            "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private String shipment(LabelId of) throws SQLException {
        return mine.jobs()
                .rows(
                        "select shipment_ref from wms.carrier_label where tenant_id = ? and label_id"
                                + " = '"
                                + of.uuid()
                                + "'",
                        mine.client())
                .getFirst();
    }
}

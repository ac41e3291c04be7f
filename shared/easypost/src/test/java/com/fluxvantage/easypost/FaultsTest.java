package com.fluxvantage.easypost;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.Carriers;
import com.fluxvantage.kernel.outside.Carriers.Answer;
import com.fluxvantage.kernel.outside.Carriers.Cause;
import com.fluxvantage.kernel.outside.Carriers.Why;
import com.fluxvantage.kernel.outside.LabelFormat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;

/** Whatever comes from there, a call ends in time, in few bytes, and in a word of ours. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class FaultsTest {
    private static final String SHIPMENT = "shp_a99b3696d5544ac1a5063a7d0f5d7038";
    private static final String RATE = "rate_21e114aa3bce4d29824b9359abcc51b6";

    private final TheirServer server = new TheirServer();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void who_asks_too_much_is_told_how_long_to_wait() {
        server.answers(exchange -> {
            exchange.getResponseHeaders().add("Retry-After", "17");
            TheirServer.answer(exchange, 429, "{}");
        });

        assertThat(bought())
                .isEqualTo(
                        new Answer.Later<>(Cause.THROTTLED, Optional.of(Duration.ofSeconds(17))));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504})
    void what_fails_there_leaves_open_whether_it_has_happened(int status) {
        server.answers(exchange -> TheirServer.answer(exchange, status, "<html>sorry</html>"));

        assertThat(bought()).isEqualTo(new Answer.Later<>(Cause.FAILING, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "422, SHIPMENT.POSTAGE.EXISTS, ALREADY_BOUGHT",
        "422, SHIPMENT.POSTAGE.FAILURE, CARRIER_REFUSED",
        "422, SHIPMENT.REFUND.FAILURE, CARRIER_REFUSED",
        "422, ADDRESS.VERIFY.FAILURE, PARCEL_REFUSED",
        "401, APIKEY.INACTIVE, KEY_REFUSED",
        "402, BILLING.INSUFFICIENT, ACCOUNT_REFUSED",
        "403, FORBIDDEN, ACCOUNT_REFUSED",
        "404, NOT_FOUND, UNKNOWN_SHIPMENT",
        "400, BAD_REQUEST, PARCEL_REFUSED"
    })
    void their_no_is_one_of_ours(int status, String code, Why why) {
        server.answers(exchange -> TheirServer.answer(exchange, status, error(code)));

        assertThat(bought()).isEqualTo(new Answer.Refused<>(why));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SHIPMENT.POSTAGE.TIMED_OUT",
                "SHIPMENT.POSTAGE.NO_RESPONSE",
                "SHIPMENT.PURCHASE.IN_PROGRESS"
            })
    void a_no_that_does_not_know_whether_the_carrier_has_sold_is_none(String code) {
        server.answers(exchange -> TheirServer.answer(exchange, 422, error(code)));

        assertThat(bought()).isEqualTo(new Answer.Later<>(Cause.FAILING, Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{\"id\": 5}",
                "{\"id\": \"shp_1\", \"rates\": [{\"id\": \"rate_1\"}]}",
                "{\"id\": \"shp_1\", \"selected_rate\": {\"carrier\": \"X\", \"service\": \"Y\", \"rate\":"
                        + " \"NaN\", \"currency\": \"USD\"}, \"postage_label\": {\"label_url\": \"https://x\"},"
                        + " \"tracking_code\": \"1\"}",
                "{\"id\": \"shp_1\", \"selected_rate\": {\"carrier\": \"X\", \"service\": \"Y\", \"rate\":"
                        + " \"1.00\", \"currency\": \"LEAVES\"}, \"postage_label\": {\"label_url\": \"https://x\"},"
                        + " \"tracking_code\": \"1\"}"
            })
    void what_is_no_answer_of_theirs_is_none(String body) {
        server.answers(exchange -> TheirServer.answer(exchange, 200, body));

        assertThat(bought()).isEqualTo(new Answer.Later<>(Cause.UNREADABLE, Optional.empty()));
    }

    @Test
    void an_answer_without_end_is_cut_off() {
        server.answers(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] more = " ".repeat(64 * 1024).getBytes(StandardCharsets.UTF_8);
            try (var out = exchange.getResponseBody()) {
                for (int i = 0; i < 1024; i++) {
                    out.write(more);
                }
            }
        });

        assertThat(bought()).isEqualTo(new Answer.Later<>(Cause.UNREADABLE, Optional.empty()));
    }

    @Test
    void who_does_not_answer_is_not_waited_for_though_it_sends_something_now_and_then() {
        var over = new CountDownLatch(1);
        server.answers(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var out = exchange.getResponseBody()) {
                out.write('{');
                out.flush();
                over.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });

        var answer = server.client(Duration.ofMillis(500)).find(TheirServer.key(), SHIPMENT);
        over.countDown();

        assertThat(answer).isEqualTo(new Answer.Later<>(Cause.UNANSWERED, Optional.empty()));
    }

    @Test
    void where_nobody_listens_nobody_answers() {
        var client = server.client();
        server.close();

        assertThat(client.find(TheirServer.key(), SHIPMENT))
                .isEqualTo(new Answer.Later<>(Cause.UNANSWERED, Optional.empty()));
    }

    @Test
    void nobody_is_followed_elsewhere() {
        server.answers(exchange -> {
            exchange.getResponseHeaders().add("Location", server.uri("/elsewhere").toString());
            TheirServer.answer(exchange, 307, "");
        });

        assertThat(bought()).isEqualTo(new Answer.Later<>(Cause.UNREADABLE, Optional.empty()));
        assertThat(server.asked()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "shp_", "../users", "shp_1/refund", "SHP_00000000", "shp_00000000?a=b"})
    void an_id_that_is_none_of_theirs_goes_into_no_path(String shipment) {
        var client = server.client();

        assertThat(client.find(TheirServer.key(), shipment))
                .isEqualTo(new Answer.Refused<>(Why.UNKNOWN_SHIPMENT));
        assertThat(client.buy(TheirServer.key(), shipment, RATE))
                .isEqualTo(new Answer.Refused<>(Why.UNKNOWN_SHIPMENT));
        assertThat(client.refund(TheirServer.key(), shipment))
                .isEqualTo(new Answer.Refused<>(Why.UNKNOWN_SHIPMENT));
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void a_parcel_that_nobody_takes_has_no_rates() {
        server.answers(exchange ->
                TheirServer.answer(exchange, 201, "{\"id\": \"shp_1\", \"rates\": []}"));

        assertThat(
                        server.client()
                                .rate(
                                        TheirServer.key(),
                                        RecordedTrafficTest.theirs(LabelFormat.ZPL)))
                .isEqualTo(new Answer.Refused<>(Why.NO_RATES));
    }

    @Test
    void a_label_is_fetched_without_the_key() {
        server.answers(exchange -> TheirServer.answer(exchange, 200, "^XA^XZ"));

        var label = server.client().label(server.uri("/files/label.zpl"));

        assertThat(label)
                .isEqualTo(new Answer.Given<>(Bytes.of("^XA^XZ".getBytes(StandardCharsets.UTF_8))));
        assertThat(server.asked().getFirst().authorization()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://easypost-files.s3.us-west-2.amazonaws.com/label.png",
                "https://easypost-files.s3.us-west-2.amazonaws.com.example.org/label.png",
                "https://easypost-files.s3.us-west-2.amazonaws.com:8443/label.png",
                "https://easypost-files.s3.us-west-2.amazonaws.com@169.254.169.254/label.png",
                "https://169.254.169.254/latest/meta-data",
                "https://localhost/label.png",
                "file:///etc/passwd",
                "label.png"
            })
    void a_label_that_is_said_to_be_elsewhere_is_not_fetched(String file) {
        assertThat(new EasyPost().label(URI.create(file)))
                .isEqualTo(new Answer.Later<>(Cause.UNREADABLE, Optional.empty()));
    }

    @Test
    void a_function_finds_it_by_what_lies_in_its_zip() {
        assertThat(ServiceLoader.load(Carriers.class)).singleElement().isInstanceOf(EasyPost.class);
    }

    private Answer<?> bought() {
        return server.client().buy(TheirServer.key(), SHIPMENT, RATE);
    }

    private static String error(String code) {
        return "{\"error\": {\"code\": \"" + code + "\", \"message\": \"no\", \"errors\": []}}";
    }
}

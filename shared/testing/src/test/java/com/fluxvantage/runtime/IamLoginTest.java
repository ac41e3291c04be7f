package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.Properties;

/**
 * The path that functions take in the cloud: the AWS wrapper signs a token and sends it as
 * password.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class IamLoginTest {
    private static final String ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE";
    private static final String SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    private final Properties usual = new Properties();
    private final House house = new House();
    private final Relay relay = Relay.before(house.database().url(), true);

    @BeforeEach
    void lendCredentials() {
        usual.putAll(System.getProperties());
        System.setProperty("aws.accessKeyId", ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", SECRET_KEY);
    }

    @AfterEach
    void leave() {
        System.setProperties(usual);
        house.close();
        relay.close();
    }

    @Test
    void a_signed_token_arrives_as_the_password_and_the_secret_does_not() {
        // The embedded server speaks no TLS: only here is it switched off.
        var settings = settings("&sslmode=disable");
        var caller = house.openTenant();

        assertThat(
                        house.sandbox(OwnerOperations.COUNT, settings)
                                .call(House.event(caller))
                                .status())
                .isEqualTo(200);

        assertThat(relay.passwords()).hasSize(1);
        assertThat(relay.passwords().getFirst())
                .contains(
                        "/?",
                        "DBUser=fv_api_ro",
                        "Action=connect",
                        "X-Amz-Algorithm=AWS4-HMAC-SHA256",
                        "X-Amz-Credential=" + ACCESS_KEY + "%2F",
                        "%2Feu-west-1%2Frds-db%2Faws4_request",
                        "X-Amz-Signature=")
                .doesNotContain(SECRET_KEY);
        assertThat(relay.startup()).containsEntry("user", "fv_api_ro").doesNotContainKey("options");
    }

    @Test
    void a_write_through_the_wrapper_takes_the_same_round_trips_and_names_nothing() {
        var caller = house.openTenant();
        var sandbox = house.sandbox(OwnerOperations.ADD, settings("&sslmode=disable"));
        sandbox.call(House.add(caller, "key-0001", "A"));
        relay.forget();

        assertThat(sandbox.call(House.add(caller, "key-0002", "B")).status()).isEqualTo(201);

        assertThat(relay.batches()).hasSize(4);
        assertThat(relay.batches().getFirst()).contains("fv.enter", "wms.claim");
        assertThat(relay.named()).isEmpty();
    }

    @Test
    void no_password_is_sent_to_a_server_that_does_not_prove_who_it_is() {
        var opener = settings("").opener("fv_api_ro", "count-owners");

        assertThatThrownBy(opener::open).isInstanceOf(SQLException.class);
        assertThat(relay.passwords()).isEmpty();
        assertThat(relay.startup()).isEmpty();
    }

    private DatabaseSettings settings(String more) {
        return new DatabaseSettings(
                relay.through(house.database().url()) + "?iamRegion=eu-west-1" + more,
                DatabaseSettings.Login.IAM);
    }
}

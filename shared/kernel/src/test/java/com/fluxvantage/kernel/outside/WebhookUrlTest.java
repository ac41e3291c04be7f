package com.fluxvantage.kernel.outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.operation.InvalidValue;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Base64;

/** What a tenant may name for its webhooks, and what it may sign them with. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WebhookUrlTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://shop.example.org",
                "https://shop.example.org/",
                "https://shop.example.org:443/hooks",
                "https://shop.example.org:8443/hooks?tenant=1&kind=wms",
                "https://shop.example.org?kind=wms",
                "https://Hooks.Example.ORG/a/b_c~d/%20",
                "https://xn--bcher-kva.example/hooks",
                "https://1and1.example/hooks"
            })
    void is_an_https_address_by_a_public_name(String value) {
        assertThat(new WebhookUrl(value).uri().getHost()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://shop.example.org/hooks",
                "ftp://shop.example.org/",
                "file:///etc/passwd",
                "https:shop.example.org",
                "//shop.example.org/",
                "https://shop.example.org:80/",
                "https://shop.example.org:22/",
                "https://shop.example.org:5432/",
                "https://shop.example.org:0443/",
                "https://shop.example.org:/",
                "https://user@shop.example.org/",
                "https://user:secret@shop.example.org/",
                "https://shop.example.org@169.254.169.254/",
                "https://shop.example.org:443@169.254.169.254/",
                "https://shop.example.org#@169.254.169.254/",
                "https://shop.example.org\\@169.254.169.254/",
                "https://shop.example.org/hooks#part",
                "https://shop.example.org/a b",
                "https://shop.example.org/\u00e9",
                "https://b\u00fccher.example/",
                "https://shop\u3002example\u3002org/",
                "https://shop.example.org./",
                "https://-shop.example.org/",
                "https://shop..example.org/",
                "https://localhost/",
                "https://LOCALHOST/",
                "https://intranet/",
                "https://shop.localhost/",
                "https://printer.local/",
                "https://metadata.google.internal/computeMetadata/v1/",
                "https://ip-10-0-0-1.ec2.INTERNAL/",
                "https://1.0.0.127.in-addr.arpa/",
                "https://hidden.onion/",
                "https://127.0.0.1/",
                "https://127.1/",
                "https://2130706433/",
                "https://0x7f000001/",
                "https://0x7f.0.0.1/",
                "https://0x7f.0x0.0x0.0x1/",
                "https://0177.0.0.1/",
                "https://017700000001/",
                "https://169.254.169.254/latest/meta-data/",
                "https://2852039166/",
                "https://0xa9fea9fe/",
                "https://0251.0376.0251.0376/",
                "https://169.254.43518/",
                "https://\u2460\u2468\u2468.254.169.254/",
                "https://[::1]/",
                "https://[::ffff:169.254.169.254]/",
                "https://[::ffff:a9fe:a9fe]/",
                "https://[fd00:ec2::254]/",
                "https://[fe80::1%25eth0]/"
            })
    void is_nothing_else(String value) {
        assertThatThrownBy(() -> new WebhookUrl(value)).isInstanceOf(InvalidValue.class);
    }

    @Test
    void a_name_has_at_most_253_characters() {
        String label = "a".repeat(49) + ".";

        assertThat(new WebhookUrl("https://" + label.repeat(5) + "org").value()).isNotEmpty();
        assertThatThrownBy(() -> new WebhookUrl("https://" + label.repeat(5) + "wxyz"))
                .isInstanceOf(InvalidValue.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 25, 32, 63, 64})
    void a_secret_has_24_to_64_random_bytes(int count) {
        var secret = new WebhookSecret(written(bytes(count)));

        assertThat(secret.key()).isEqualTo(bytes(count));
        assertThat(secret).hasToString("***");
        assertThat(secret.toString()).doesNotContain(secret.value());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16, 23, 65, 128})
    void a_secret_has_no_fewer_and_no_more(int count) {
        assertThatThrownBy(() -> new WebhookSecret(written(bytes(count))))
                .isInstanceOf(InvalidValue.class);
    }

    @Test
    void what_can_be_guessed_is_no_secret() {
        assertThatThrownBy(() -> new WebhookSecret(written(new byte[32])))
                .isInstanceOf(InvalidValue.class);
        assertThatThrownBy(() -> new WebhookSecret("whsec_" + "password".repeat(5)))
                .isInstanceOf(InvalidValue.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "whsec_", "secret_%s", "%s", "whsec_%s=", "WHSEC_%s"})
    void a_secret_is_in_the_form_of_the_standard(String form) {
        String base64 = Base64.getEncoder().encodeToString(bytes(30));

        assertThatThrownBy(() -> new WebhookSecret(form.formatted(base64)))
                .isInstanceOf(InvalidValue.class);
    }

    private static String written(byte[] key) {
        return "whsec_" + Base64.getEncoder().encodeToString(key);
    }

    private static byte[] bytes(int count) {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (17 + i * 37);
        }
        return bytes;
    }
}

package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What the page for owners of shops says, done as it stands there. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ConnectAShopPageTest {
    private static final Path ROOT = Path.of(System.getProperty("fv.root", "../.."));
    private static final Pattern JSON = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

    private final ConnectedShop mine = new ConnectedShop(TestPlatform.start());

    @Test
    void the_requests_do_what_they_say_and_orders_come_in() throws IOException, SQLException {
        mine.jobs().untilSeven();
        mine.item("TEA", 10);
        mine.shop().location(new com.fluxvantage.kernel.outside.ShopKey("1"));
        mine.shop().credential("the new key that you copied");
        mine.platform().ports().shops().open("shop.example.org", mine.shop());
        mine.sell("V-1", "TEA", 1);

        var connected = mine.client().post("connect-shop", Map.of(), request(0));
        assertThat(connected.status()).as("%s", connected.json()).isEqualTo(201);
        mine.tick();
        assertThat(standing(connected.text("connection_id"))).isEqualTo("CREDENTIAL_REFUSED");
        var replaced =
                mine.client()
                        .post(
                                "replace-shop-credential",
                                Map.of("connection_id", connected.text("connection_id")),
                                request(1));
        assertThat(replaced.status()).as("%s", replaced.json()).isEqualTo(200);
        mine.tick();

        assertThat(standing(connected.text("connection_id"))).isEqualTo("DONE");
        assertThat(mine.orders()).containsExactly("V-1");
        mine.shop().item("Earl Grey, 50 bags", 9);
        mine.sell("V-2", "Earl Grey, 50 bags", 1);
        mine.tenant().given().item("TEA-EARL-GREY-50");
        var mapped =
                mine.client()
                        .post(
                                "map-shop-sku",
                                Map.of("connection_id", connected.text("connection_id")),
                                request(2));
        assertThat(mapped.status()).as("%s", mapped.json()).isEqualTo(200);
        mine.tick();

        assertThat(mine.orders()).containsExactly("V-1", "V-2");
    }

    @Test
    void every_outcome_has_its_place() throws IOException {
        assertThat(page())
                .contains(
                        List.of(ShopOutcome.values()).stream()
                                .filter(it -> it != ShopOutcome.REFUSED)
                                .filter(it -> it != ShopOutcome.CREDENTIAL_UNOPENABLE)
                                .map(it -> "`" + it + "`")
                                .toArray(String[]::new));
    }

    /** With them and no others the whole round trip is made beside a real Vendure server. */
    @Test
    void the_permissions_are_those_that_are_tried_with_a_real_shop() throws IOException {
        var tried =
                Files.readString(ROOT.resolve("functions/local/src/main/shop/shop.js"))
                        .lines()
                        .filter(it -> it.strip().startsWith("'ReadOrder'"))
                        .findFirst()
                        .orElseThrow();

        assertThat(names(tried, "'"))
                .containsExactlyElementsOf(
                        names(page().substring(page().indexOf("2. Make a role")), "`")
                                .subList(0, 5));
    }

    private static List<String> names(String text, String mark) {
        var names = new ArrayList<String>();
        var found = Pattern.compile(mark + "([A-Z][A-Za-z]+)" + mark).matcher(text);
        while (found.find()) {
            names.add(found.group(1));
        }
        return names;
    }

    private String request(int number) throws IOException {
        var found = JSON.matcher(page());
        for (int i = 0; i <= number; i++) {
            assertThat(found.find()).isTrue();
        }
        return found.group(1).replace("whs_…", Identifiers.text(mine.tenant().warehouse()));
    }

    private String standing(String connection) {
        return mine.client()
                .get("get-connection", Map.of("connection_id", connection), Map.of())
                .text("last_pull");
    }

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/connect-a-shop.md"));
    }
}

package com.fluxvantage.local;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * The page as a person uses it, in Chromium: only where {@code FV_REQUIRE_BROWSER=1} asks for it,
 * as a layer does ({@code .ci/layers}).
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BrowserTest {
    private static final Path SCREENSHOTS = Path.of(System.getProperty("fv.build", "target"));

    private static ServedProgram program;
    private static Playwright playwright;
    private static Browser browser;

    @BeforeAll
    static void start() {
        if (!"1".equals(System.getenv("FV_REQUIRE_BROWSER"))) {
            String reason = "The page is not tried in a browser: FV_REQUIRE_BROWSER is not 1.";
            System.out.println(reason);
            Assumptions.abort(reason);
        }
        var chromium = Optional.of(Path.of("/usr/bin/chromium")).filter(Files::isExecutable);
        var node = onPath("node");
        if (chromium.isEmpty() || node.isEmpty()) {
            throw new AssertionError("/usr/bin/chromium or node is missing");
        }
        program = ServedProgram.start();
        playwright =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(
                                        Map.of(
                                                "PLAYWRIGHT_NODEJS_PATH",
                                                node.get().toString(),
                                                "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                                                "1")));
        browser =
                playwright
                        .chromium()
                        .launch(
                                new BrowserType.LaunchOptions()
                                        .setExecutablePath(chromium.get())
                                        .setArgs(
                                                // Chromium has no sandbox for root.
                                                List.of("--no-sandbox", "--disable-gpu")));
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @AfterAll
    static void stop() {
        if (playwright != null) {
            playwright.close();
        }
        if (program != null) {
            program.close();
        }
    }

    @Test
    void one_receives_sees_the_stock_and_is_a_stranger_in_the_other_tenant() {
        var complaints = new CopyOnWriteArrayList<String>();
        var asked = new CopyOnWriteArrayList<String>();
        try (var page = browser.newPage(new Browser.NewPageOptions().setViewportSize(1280, 900))) {
            page.onConsoleMessage(message -> {
                // That an answer was a 404 is written there too, and is wanted below.
                if (message.type().equals("error") && !message.text().contains("status of 404")) {
                    complaints.add(message.text());
                }
            });
            page.onPageError(complaints::add);
            page.onRequest(request -> asked.add(request.url()));
            page.navigate(program.url().toString());
            page.selectOption("#tenant", "shop");
            page.selectOption("#role", "RECEIVER");
            assertThat(page.locator("#standing")).containsText("RECEIVER of the shop");
            page.screenshot(screenshot("page.png"));

            String receipt = receive(page);
            seeTheStock(page);
            beAStranger(page, receipt);

            assertThat(complaints).isEmpty();
            assertThat(asked)
                    .hasSizeGreaterThan(10)
                    .allSatisfy(url ->
                            assertThat(url).matches("(data:|http://127\\.0\\.0\\.1:[0-9]+/).*"));
        }
    }

    private static String receive(Page page) {
        page.click("#steps button[data-operation=receive-line]");
        var operation = page.locator("#operations-inbound-receive-line");
        String receipt = operation.locator("input[placeholder=receipt_id]").inputValue();
        assertThat(receipt).startsWith("rcp_");
        execute(operation);
        assertThat(status(operation)).hasText("200");
        assertThat(page.locator("#steps .done")).hasCount(1);
        page.screenshot(screenshot("received.png"));
        return receipt;
    }

    private static void seeTheStock(Page page) {
        var operation = page.locator("#operations-inventory-search-stock");
        operation.locator(".opblock-summary-control").click();
        operation
                .locator("input[placeholder=location]")
                .fill(program.atHand("shop").path("ids").path("dock").asString());
        execute(operation);
        assertThat(status(operation)).hasText("200");
        assertThat(operation.locator(".live-responses-table")).containsText("\"on_hand\": 12");
    }

    private static void beAStranger(Page page, String receipt) {
        page.selectOption("#tenant", "supplier");
        assertThat(page.locator("#standing")).containsText("of the supplier");
        var operation = page.locator("#operations-inbound-receive-line");
        operation.locator("input[placeholder=receipt_id]").fill(receipt);
        execute(operation);
        assertThat(status(operation)).hasText("404");
        assertThat(operation.locator(".live-responses-table")).containsText("not-found");
        page.screenshot(screenshot("stranger.png"));
    }

    private static void execute(Locator operation) {
        operation.locator("button.execute").click();
    }

    private static Locator status(Locator operation) {
        return operation.locator(".live-responses-table .response-col_status").last();
    }

    private static Page.ScreenshotOptions screenshot(String name) {
        return new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name)).setFullPage(true);
    }
}

package com.fluxvantage.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The main job with a company's own files. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OwnDayTest {
    // Names that no header, no address and no tracking number could hold as they are.
    private static final String ITEMS =
            """
            sku,description
            T,Black tea
            85123a,A lower-case letter
            85123A,An upper-case letter
            "two words, 50%",A space and signs
            Käse/1,Not ASCII
            LOTS,The fifth by SKU is kept by lot
            """;

    private static final String ORDERS =
            """
            order_ref,at,country,sku,quantity
            R 2,2026-11-24T09:30:00Z,France,T,3
            Ö-1,2026-11-24T09:00:00Z,Norway,85123a,5
            Ö-1,2026-11-24T09:00:00Z,Norway,85123A,6
            Ö-1,2026-11-24T09:00:00Z,Norway,85123a,7
            R 2,2026-11-24T09:30:00Z,France,"two words, 50%",1
            R 2,2026-11-24T09:30:00Z,France,Käse/1,13
            R-3,2026-11-24T10:00:00Z,France,COFFEE,1
            R-4,2026-11-24T11:00:00Z,France,LOTS,24
            """;

    private record Run(int exit, String output) {}

    @TempDir private Path folder;

    @BeforeEach
    void write_files() throws IOException {
        Files.writeString(folder.resolve("items.csv"), ITEMS);
        Files.writeString(folder.resolve("orders.csv"), ORDERS);
    }

    @Test
    void plays_the_day_of_any_company() {
        var run = play();

        assertThat(run.output)
                .contains("orders.csv, line 8: sku: No item has this SKU.")
                .contains("3 customer orders of the shop and 1 store orders of its supplier")
                .contains("One order, slowly (Ö-1 of the shop, 3 lines")
                .contains("Rows left out: 1")
                .contains("The stock is sound")
                .contains("The shop: 3 orders, 7 lines, 59 units shipped; 0 lines short")
                .contains("The shop received 96 units, shipped 59 and has 37 on hand: none lost")
                .doesNotContain("COFFEE");
        assertThat(run.exit).isZero();
    }

    @Test
    void a_kept_day_goes_on_with_the_same_files_and_no_others() throws IOException {
        assertThat(play("--orders", "1", "--data", data()).exit).isZero();

        var again = play("--orders", "1", "--data", data());
        var sample = run("--orders", "1", "--data", data());
        var checked = run("--check", "--data", data());
        Files.writeString(folder.resolve("orders.csv"), ORDERS + "\n");
        var others = play("--orders", "1", "--data", data());

        assertThat(again.output).contains("The shop received").contains("none lost");
        assertThat(again.exit).isZero();
        assertThat(sample.output).contains("was begun with files of items and orders.");
        assertThat(sample.exit).isEqualTo(3);
        assertThat(checked.exit).isZero();
        assertThat(others.output).contains("was begun with other files, or these have changed.");
        assertThat(others.exit).isEqualTo(3);
    }

    @Test
    void a_kept_day_of_the_sample_company_takes_no_files() {
        assertThat(run("--orders", "1", "--data", data()).exit).isZero();

        var own = play("--data", data());

        assertThat(own.output).contains("was begun with the sample company and no files.");
        assertThat(own.exit).isEqualTo(3);
    }

    @Test
    void a_file_that_cannot_be_used_is_told_in_one_sentence_before_anything_starts()
            throws IOException {
        Files.delete(folder.resolve("items.csv"));

        var run = play("--data", data());

        assertThat(run.output.lines())
                .containsExactly("There is no file " + folder.resolve("items.csv") + ".");
        assertThat(run.exit).isEqualTo(3);
        assertThat(folder.resolve("kept")).doesNotExist();
    }

    private Run play(String... more) {
        var options = new String[more.length + 4];
        options[0] = "--items";
        options[1] = folder.resolve("items.csv").toString();
        options[2] = "--orders-file";
        options[3] = folder.resolve("orders.csv").toString();
        System.arraycopy(more, 0, options, 4, more.length);
        return run(options);
    }

    private static Run run(String... options) {
        var screen = new ByteArrayOutputStream();
        var terminal =
                new Terminal(
                        new PrintStream(screen, true, StandardCharsets.UTF_8), false, false, 80);
        int exit = WarehouseDay.run(terminal, options);
        return new Run(exit, screen.toString(StandardCharsets.UTF_8));
    }

    private String data() {
        return folder.resolve("kept").toString();
    }
}

package com.fluxvantage.local.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.local.foodmart.Order;
import com.fluxvantage.local.foodmart.OrderLine;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OwnDataTest {
    private static final String ITEMS = "sku,description\nTEA,Black tea\nRICE,Brown rice\n";
    private static final String HEADER = "order_ref,at,country,sku,quantity\n";
    private static final String AN_ORDER = HEADER + "R-1,2026-11-24T09:30:00Z,France,TEA,2\n";

    @TempDir private Path folder;

    private final List<String> told = new ArrayList<>();

    @Test
    void reads_items_and_orders() throws IOException {
        var data = read(ITEMS, AN_ORDER + "R-1,2026-11-24T09:30:00Z,France,RICE,3\n");

        assertThat(data.items())
                .containsExactly(
                        new OwnItem("RICE", "Brown rice"), new OwnItem("TEA", "Black tea"));
        assertThat(data.orders()).extracting(Order::reference).containsExactly("R-1");
        assertThat(data.orders().getFirst().lines())
                .containsExactly(new OrderLine("TEA", 2), new OrderLine("RICE", 3));
        assertThat(data.orders().getFirst().recipient().country()).isEqualTo("FR");
        assertThat(told).isEmpty();
        assertThat(data.leftOut().counted()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void takes_any_end_of_line_and_knows_the_lines_by_it(String end) throws IOException {
        var data =
                read(
                        ITEMS.replace("\n", end),
                        (AN_ORDER + "\nR-2,2026-11-24,France,COFFEE,1\n").replace("\n", end));

        assertThat(data.items()).hasSize(2);
        assertThat(told).singleElement().asString().contains("orders.csv, line 4: sku:");
    }

    @Test
    void takes_quotes_with_commas_quotes_and_line_breaks_in_them() throws IOException {
        var data =
                read(
                        "note,sku,description\n"
                                + "\"two\n"
                                + "lines, and \"\"more\"\"\",TEA,\"Tea, \"\"the black\"\"\"\n"
                                + "x,TEA,Again\n",
                        AN_ORDER);

        assertThat(data.items()).containsExactly(new OwnItem("TEA", "Tea, \"the black\""));
        assertThat(told).singleElement().asString().contains("items.csv, line 4: sku:");
    }

    @Test
    void takes_columns_in_any_order_and_case_and_more_of_them() throws IOException {
        var data =
                read(
                        "price,Description,SKU\n1.5,Black tea,TEA\n",
                        """
                        quantity,sku,city,country,at,ORDER_REF
                        2,TEA,Lyon,France,2026-11-24,R-1
                        """);

        assertThat(data.orders().getFirst().lines()).containsExactly(new OrderLine("TEA", 2));
    }

    @Test
    void takes_a_byte_order_mark() throws IOException {
        assertThat(read("\uFEFF" + ITEMS, "\uFEFF" + AN_ORDER).orders()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16BE", "UTF-16LE"})
    void names_text_in_utf_16(String charset) throws IOException {
        Files.write(items(), ("\uFEFF" + ITEMS).getBytes(Charset.forName(charset)));
        Files.writeString(orders(), AN_ORDER);

        assertThatThrownBy(this::read)
                .isInstanceOf(UnusableFile.class)
                .hasMessageContaining("items.csv")
                .hasMessageContaining("UTF-16");
    }

    @Test
    void names_the_line_from_which_a_file_is_not_utf_8() throws IOException {
        Files.writeString(items(), ITEMS + "CAFE,Café\n", StandardCharsets.ISO_8859_1);
        Files.writeString(orders(), AN_ORDER);

        assertThatThrownBy(this::read)
                .isInstanceOf(UnusableFile.class)
                .hasMessageContaining("not text in UTF-8")
                .hasMessageContaining("line 4");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    description              | has no column sku; its first line
                    sku;description          | has no column sku; its first line
                    sku                      | has no column description
                    sku,description,SKU      | has two columns sku.
                    """)
    void stops_at_a_header_without_a_column_or_with_one_twice(String header, String words)
            throws IOException {
        assertThatThrownBy(() -> read(header + "\nTEA,Black tea\n", AN_ORDER))
                .isInstanceOf(UnusableFile.class)
                .hasMessageContaining("items.csv " + words)
                .hasMessageNotContaining(";description");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n\r\n", "\uFEFF"})
    void stops_at_an_empty_file(String text) throws IOException {
        assertThatThrownBy(() -> read(text, AN_ORDER))
                .isInstanceOf(UnusableFile.class)
                .hasMessageContaining("items.csv is empty");
    }

    @Test
    void stops_where_nothing_can_be_shipped() throws IOException {
        assertThatThrownBy(() -> read("sku,description\n", AN_ORDER))
                .isInstanceOf(UnusableFile.class)
                .hasMessageContaining("orders.csv holds no order");
        assertThat(told).singleElement().asString().contains("line 2: sku: No item has this SKU.");
    }

    @Test
    void stops_at_a_folder_and_at_a_file_that_is_not_there() throws IOException {
        Files.createDirectory(items());
        Files.writeString(orders(), AN_ORDER);

        assertThatThrownBy(this::read).hasMessageEndingWith("items.csv is a folder, not a file.");
        Files.delete(items());
        assertThatThrownBy(this::read)
                .isInstanceOf(UnusableFile.class)
                .hasMessageStartingWith("There is no file ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"TEA\"x,Secret\n", "\"TEA,Secret\n", "\"TEA\" ,Secret\n"})
    void stops_where_a_quote_hides_the_end_of_a_row(String row) throws IOException {
        assertThatThrownBy(() -> read(ITEMS + row + "OATS,Oats\n", AN_ORDER))
                .isInstanceOf(UnusableFile.class)
                .hasMessageContaining("a quote is out of place in the row on line 4")
                .hasMessageNotContaining("Secret");
    }

    @Test
    void a_quote_within_a_bare_value_is_a_sign_as_any() throws IOException {
        var data = read(ITEMS + "P3,3\" plate\n", AN_ORDER);

        assertThat(data.items()).contains(new OwnItem("P3", "3\" plate"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    OATS                | The row has fewer values
                    OATS,Oats,5         | The row has more values
                    Sku,Description     | The names of the columns stand here again.
                    ,Oats               | sku: There is no value.
                    OATS,               | description: There is no value.
                    TEA,Green tea       | sku: A row before has this SKU.
                    ' TEA ,Green tea'   | sku: A row before has this SKU.
                    """)
    void leaves_out_a_bad_item_and_goes_on(String row, String reason) throws IOException {
        var data = read(ITEMS + row + "\nSALT,Salt\n", AN_ORDER);

        assertThat(data.items()).extracting(OwnItem::sku).containsExactly("RICE", "SALT", "TEA");
        assertThat(told)
                .singleElement()
                .asString()
                .contains("items.csv, line 4: " + reason)
                .doesNotContain("Oats", "Green");
    }

    @Test
    void two_skus_that_differ_in_anything_are_two_items() throws IOException {
        var skus =
                List.of("85123A", "85123a", "85123 A", "85123  A", "85123\u00A0A", "é", "e\u0301");

        var data =
                read(
                        "sku,description\n"
                                + skus.stream()
                                        .map(it -> it + ",An item\n")
                                        .collect(Collectors.joining()),
                        HEADER + "R-1,2026-11-24,France,85123a,2\n");

        assertThat(data.items()).extracting(OwnItem::sku).containsExactlyInAnyOrderElementsOf(skus);
        assertThat(data.orders().getFirst().lines()).containsExactly(new OrderLine("85123a", 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 65, 1_000_000})
    void takes_a_sku_of_64_characters_and_no_longer_one(int length) throws IOException {
        var data = read(ITEMS + "S".repeat(length) + ",An item\nSALT,Salt\n", AN_ORDER);

        assertThat(data.items()).hasSize(length <= 64 ? 4 : 3);
        assertThat(told).hasSize(length <= 64 ? 0 : 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {120, 121, 1_000_000})
    void takes_a_description_of_120_characters_and_no_longer_one(int length) throws IOException {
        var data = read(ITEMS + "OATS," + "d".repeat(length) + "\nSALT,Salt\n", AN_ORDER);

        assertThat(data.items()).hasSize(length <= 120 ? 4 : 3);
        assertThat(told).hasSize(length <= 120 ? 0 : 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"OA\u0000TS", "OA\u202ETS", "\"OA\nTS\"", "OA\tTS"})
    void leaves_out_a_sku_that_cannot_be_printed(String sku) throws IOException {
        assertThat(read(ITEMS + sku + ",Oats\n", AN_ORDER).items()).hasSize(2);
        assertThat(told).singleElement().asString().contains("cannot be printed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "100000", "6.0", "+6", " 6 ", "006"})
    void takes_a_whole_quantity(String quantity) throws IOException {
        var data = read(ITEMS, HEADER + "R-1,2026-11-24,France,TEA," + quantity + "\n");

        assertThat(data.orders().getFirst().lines().getFirst().quantity())
                .isEqualTo(new java.math.BigDecimal(quantity.strip()).longValueExact());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0                       | A line asks for at least one unit.
                    -0                      | A line asks for at least one unit.
                    -6                      | A line asks for at least one unit.
                    6.5                     | This is no whole number.
                    1e3                     | This is no whole number.
                    six                     | This is no whole number.
                    ٦                       | This is no whole number.
                    100001                  | A line asks for at most 100000 units.
                    99999999999999999999999 | A line asks for at most 100000 units.
                    ''                      | There is no value.
                    """)
    void leaves_out_any_other_quantity(String quantity, String reason) throws IOException {
        read(ITEMS, AN_ORDER + "R-2,2026-11-24,France,TEA," + quantity + "\n");

        assertThat(told).singleElement().asString().endsWith("line 3: quantity: " + reason);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-24T09:30:00Z, 2026-11-24T09:30:01Z",
        "2026-11-24T09:30, 2026-11-24T09:30:00.5",
        "2026-11-24 09:30:00, 2026-11-24 09:31",
        "2026-11-24, 2026-11-24 00:01",
        "2026-11-24T09:30:00+02:00, 2026-11-24T09:30:00+01:00"
    })
    void orders_stand_by_the_moment_however_it_is_written(String earlier, String later)
            throws IOException {
        var data =
                read(
                        ITEMS,
                        HEADER
                                + "LATER,%s,France,TEA,1\nEARLIER,%s,France,TEA,1\n"
                                        .formatted(later, earlier));

        assertThat(data.orders()).extracting(Order::reference).containsExactly("EARLIER", "LATER");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"24.11.2026", "2026-02-30", "2026-11-24T25:00", "now", "12/1/2010 8:26"})
    void leaves_out_what_is_no_moment(String at) throws IOException {
        read(ITEMS, AN_ORDER + "R-2," + at + ",France,TEA,1\n");

        assertThat(told).singleElement().asString().contains("line 3: at: This is no moment");
    }

    @Test
    void rows_of_one_order_number_are_one_order_wherever_they_stand() throws IOException {
        var data =
                read(
                        ITEMS,
                        AN_ORDER
                                + "R-2,2026-11-24T09:29:00Z,France,TEA,1\n"
                                + "R-1,2026-11-24T09:28:00Z,France,TEA,4\n");

        assertThat(data.orders()).extracting(Order::reference).containsExactly("R-1", "R-2");
        assertThat(data.orders().getFirst().lines())
                .containsExactly(new OrderLine("TEA", 2), new OrderLine("TEA", 4));
    }

    @Test
    void leaves_out_rows_that_give_an_order_number_another_day_or_country() throws IOException {
        var data =
                read(
                        ITEMS,
                        AN_ORDER
                                + "R-1,2026-11-25T00:00:00Z,France,TEA,4\n"
                                + "R-1,2026-11-24T09:30:00Z,Spain,TEA,4\n"
                                + "R-1,2026-11-24T23:59:59Z,France,RICE,1\n");

        assertThat(data.orders().getFirst().lines())
                .containsExactly(new OrderLine("TEA", 2), new OrderLine("RICE", 1));
        assertThat(told).hasSize(2);
        assertThat(told.get(0)).contains("line 3: at: A row before");
        assertThat(told.get(1)).contains("line 4: country: A row before");
    }

    @Test
    void an_order_has_a_thousand_lines_and_no_more() throws IOException {
        var row = "R-1,2026-11-24T09:30:00Z,France,TEA,1\n";

        var data = read(ITEMS, HEADER + row.repeat(1_001));

        assertThat(data.orders().getFirst().lines()).hasSize(1_000);
        assertThat(told)
                .singleElement()
                .asString()
                .contains("line 1002: order_ref: The order is full");
    }

    @Test
    void an_order_fits_into_one_request() throws IOException {
        // A character of four bytes, escaped quotes around it.
        var sku = "\uD83D\uDCE6".repeat(62) + "\\";
        var row = "R-1,2026-11-24,France," + sku + ",100000\n";

        var data = read("sku,description\n" + sku + ",Boxes\n", HEADER + row.repeat(1_000));

        int lines = data.orders().getFirst().lines().size();
        assertThat(lines).isBetween(700, 999);
        assertThat(data.leftOut().rows()).isEqualTo(1_000 - lines);
        assertThat(lines * ("{\"sku\":\"\",\"quantity\":100000},".length() + 62 * 4 + 2))
                .isLessThan(250 * 1024);
    }

    @Test
    void tells_the_first_twenty_rows_and_counts_the_rest_by_reason() throws IOException {
        var data =
                read(
                        ITEMS,
                        AN_ORDER
                                + "R-2,2026-11-24,France,COFFEE,1\n".repeat(19)
                                + "R-3,2026-11-24,France,TEA,0\n".repeat(12));

        assertThat(told).hasSize(21);
        assertThat(told.getLast()).isEqualTo("More rows left out: 11");
        assertThat(data.leftOut().counted()).hasSize(3);
        assertThat(data.leftOut().counted().get(0)).isEqualTo("Rows left out: 31");
        assertThat(data.leftOut().counted())
                .anyMatch(it -> it.contains("    12  ") && it.contains("at least one unit"))
                .anyMatch(it -> it.contains("    19  ") && it.contains("No item has this SKU."));
    }

    @Test
    void rows_of_nothing_but_commas_are_no_rows() throws IOException {
        read(ITEMS + "\n,\n  ,  \n\n", AN_ORDER + ",,,,\n");

        assertThat(told).isEmpty();
    }

    @Test
    void the_fingerprint_tells_any_other_file() throws IOException {
        var data = read(ITEMS, AN_ORDER);

        assertThat(read(ITEMS, AN_ORDER).fingerprint()).isEqualTo(data.fingerprint());
        assertThat(read(ITEMS + "\n", AN_ORDER).fingerprint()).isNotEqualTo(data.fingerprint());
        assertThat(read(ITEMS, AN_ORDER + "\n").fingerprint()).isNotEqualTo(data.fingerprint());
    }

    @Test
    void a_country_without_letters_of_its_own_is_taken_as_well() throws IOException {
        var data =
                read(
                        ITEMS,
                        HEADER
                                + "R-1,2026-11-24,EIRE,TEA,1\n"
                                + "R-2,2026-11-24,united kingdom,TEA,1\n");

        assertThat(data.orders())
                .extracting(it -> it.recipient().country())
                .containsExactly("ZZ", "GB");
    }

    @Test
    void a_hundred_thousand_rows_need_little_memory() throws IOException, InterruptedException {
        try (var file = Files.newBufferedWriter(items())) {
            file.write("sku,description\n");
            for (int item = 0; item < 5_000; item++) {
                file.write("SKU-%d,Item number %d\n".formatted(item, item));
            }
        }
        try (var file = Files.newBufferedWriter(orders())) {
            file.write(HEADER);
            for (int row = 0; row < 100_000; row++) {
                // Twenty thousand orders of five lines, never two rows of one after another.
                file.write(
                        "R-%d,2026-11-24T09:30:00Z,France,SKU-%d,%d\n"
                                .formatted(row % 20_000, row % 5_000, row % 7 + 1));
            }
        }

        var small = small();

        assertThat(new String(small.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("20000 orders, 100000 lines, 0 rows left out\n");
        assertThat(small.waitFor()).isZero();
    }

    /** A program of its own with a heap of 40 MB. */
    private Process small() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx40m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallProgram.class.getName(),
                        items().toString(),
                        orders().toString())
                .redirectErrorStream(true)
                .start();
    }

    static final class SmallProgram {
        private SmallProgram() {}

        static void main(String[] files) {
            var data = OwnData.read(Path.of(files[0]), Path.of(files[1]), _ -> {});
            System.out.print(
                    "%d orders, %d lines, %d rows left out\n"
                            .formatted(
                                    data.orders().size(),
                                    data.orders().stream().mapToInt(it -> it.lines().size()).sum(),
                                    data.leftOut().rows()));
        }
    }

    private OwnData read(String items, String orders) throws IOException {
        Files.writeString(items(), items);
        Files.writeString(orders(), orders);
        return read();
    }

    private OwnData read() {
        return OwnData.read(items(), orders(), told::add);
    }

    private Path items() {
        return folder.resolve("items.csv");
    }

    private Path orders() {
        return folder.resolve("orders.csv");
    }
}

package com.fluxvantage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OptionsTest {

    @ParameterizedTest
    @ValueSource(strings = {"true", "", "  ", " true "})
    void plays_the_busiest_day_if_nothing_is_asked(String bare) throws Exception {
        assertThat(Options.parse(bare)).isEqualTo(Options.parse("--orders", "265"));
    }

    @Test
    void plays_the_busiest_day_without_any_argument() throws Exception {
        assertThat(Options.parse().orders()).isEqualTo(265);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--orders 10", "--orders=10", "  --orders   10 "})
    void takes_the_options_as_one_text(String text) throws Exception {
        assertThat(Options.parse(text).orders()).isEqualTo(10);
    }

    @Test
    void takes_the_options_already_split() throws Exception {
        var options = Options.parse("--orders", "10", "--data", "my data");

        assertThat(options.orders()).isEqualTo(10);
        assertThat(options.data()).contains(Path.of("my data").toAbsolutePath());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--data 'my data'", "--data \"my data\""})
    void takes_a_folder_with_spaces_in_quotes(String text) throws Exception {
        assertThat(Options.parse(text).data()).contains(Path.of("my data").toAbsolutePath());
    }

    @Test
    void takes_the_check_of_a_kept_database() throws Exception {
        var options = Options.parse("--check --data /tmp/kept");

        assertThat(options.check()).isTrue();
        assertThat(options.data()).contains(Path.of("/tmp/kept"));
    }

    @Test
    void takes_the_files_of_a_day_of_ones_own_and_all_orders_in_them() throws Exception {
        var options = Options.parse("--items i.csv --orders-file=o.csv");

        assertThat(options.own())
                .contains(new Options.OwnFiles(Path.of("i.csv"), Path.of("o.csv")));
        assertThat(options.orders()).isEqualTo(1_000_000);
        assertThat(Options.parse("--orders 20531 --items i.csv --orders-file o.csv").orders())
                .isEqualTo(20_531);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "20530"})
    void takes_from_one_order_to_all_of_the_year(String orders) throws Exception {
        assertThat(Options.parse("--orders", orders).orders()).isEqualTo(Integer.parseInt(orders));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --orders 0         | --orders takes a whole number from 1 to 20530, not 0.
                    --orders 20531     | --orders takes a whole number from 1 to 20530, not 20531.
                    --orders ten       | --orders takes a whole number from 1 to 20530, not ten.
                    --orders 1.5       | --orders takes a whole number from 1 to 20530, not 1.5.
                    --orders           | --orders needs a value.
                    --orders=          | --orders needs a value.
                    --data             | --data needs a value.
                    --data --check     | --data needs a value.
                    --items i.csv      | --items needs --orders-file FILE: what was ordered of them.
                    --orders-file o    | --orders-file needs --items FILE: what can be ordered.
                    --items            | --items needs a value.
                    --serve --items i --orders-file o | --serve plays the sample company, so no file has a place beside it.
                    --check --data d --items i --orders-file o | --check ships nothing, so no file has a place beside it.
                    --items i --orders-file o --orders 0       | --orders takes a whole number from 1 to 1000000, not 0.
                    --items i --orders-file o --orders 1000001 | --orders takes a whole number from 1 to 1000000, not 1000001.
                    --check            | --check needs --data DIR: it looks at a database that was kept.
                    --check --data d --packaged | --check calls no function, so --packaged has no place beside it.
                    --check --data d --orders 3 | --check ships nothing, so --orders has no place beside it.
                    --shop --data d    | --shop belongs to a day that is played once and kept nowhere.
                    --order 10         | There is no option --order.
                    10                 | There is no option 10.
                    """)
    void refuses_what_it_does_not_understand_in_one_sentence(String text, String sentence) {
        assertThatThrownBy(() -> Options.parse(text))
                .isInstanceOf(Options.Refused.class)
                .hasMessage(sentence);
    }

    @Test
    void names_every_option_in_its_usage() {
        assertThat(Options.USAGE)
                .contains(
                        "--orders N",
                        "--data DIR",
                        "--check",
                        "--items FILE",
                        "--serve",
                        "--port N",
                        "--packaged",
                        "--shop",
                        "20530",
                        "265");
    }

    @Test
    void serving_plays_a_small_day_at_a_port_that_one_may_choose() throws Options.Refused {
        var usual = Options.parse("--serve");

        assertThat(usual.serve()).isTrue();
        assertThat(usual.orders()).isEqualTo(10);
        assertThat(usual.port()).isEqualTo(8085);
        assertThat(Options.parse("--serve --port 0 --orders 3").port()).isZero();
        assertThat(Options.parse("--serve --port 65535").port()).isEqualTo(65_535);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port 8085",
                "--serve --port 65536",
                "--serve --port -1",
                "--serve --port http",
                "--serve --check --data x"
            })
    void what_serving_cannot_do_is_refused(String options) {
        assertThatThrownBy(() -> Options.parse(options)).isInstanceOf(Options.Refused.class);
    }
}

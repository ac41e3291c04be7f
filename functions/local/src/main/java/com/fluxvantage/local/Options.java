package com.fluxvantage.local;

import com.fluxvantage.local.foodmart.FoodMart;
import com.fluxvantage.local.own.OwnData;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the person asks for. The options arrive as one text, {@code -Dday="--orders 10"}, or already
 * split; a bare {@code -Dday} arrives as {@code true} and asks for nothing special.
 */
record Options(
        int orders,
        Optional<Path> data,
        boolean check,
        boolean help,
        boolean serve,
        int port,
        boolean packaged,
        boolean shop,
        Optional<OwnFiles> own) {
    /** The files of a company's own day. */
    record OwnFiles(Path items, Path orders) {}

    static final int EXIT_BAD_OPTIONS = 2;

    private static final int SERVE_PORT = 8085;

    /** Enough to see something, few enough to be up in some seconds. */
    private static final int SERVE_ORDERS = 10;

    private static final int HIGHEST_PORT = 65_535;

    static final String USAGE =
            """
            usage: mvn -q -Dday[="OPTIONS"]
              --orders N    ship N orders, 1 to %d; without it the busiest day's %d, beyond them the days after
              --data DIR    keep the database in DIR; run again, the day goes on where it was
              --items FILE --orders-file FILE
                            play your own day: CSV files with the columns sku, description
                            and order_ref, at, country, sku, quantity; --orders N is its first N
              --check       with --data: check the stock of a kept database and do nothing else
              --serve       play a small day, then stay up with a page to try the API; Ctrl-C stops it
              --port N      with --serve: listen at port N of this machine, not %d; 0 is any free one
              --packaged    each function out of its zip, in a JVM of its own as in the cloud: takes 2 GB,
                            and mvn -q -DskipTests package before; what asks other services of the
                            cloud has none of them here, and is served in this process
              --shop        let a live shop sell as well: Vendure's server, some 160 MB from npm the first
                            time; Node 20 or later
              --help        show this\
            """
                    .formatted(FoodMart.CUSTOMER_ORDERS, FoodMart.BUSIEST_DAY_ORDERS, SERVE_PORT);

    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

    /** One sentence about what is wrong with the options. */
    static final class Refused extends Exception {
        Refused(String sentence) {
            super(sentence);
        }
    }

    static Options parse(String... arguments) throws Refused {
        var words = words(arguments);
        var orders = Optional.<String>empty();
        var data = Optional.<Path>empty();
        var items = Optional.<Path>empty();
        var ordersFile = Optional.<Path>empty();
        var check = false;
        var help = false;
        var serve = false;
        var packaged = false;
        var shop = false;
        var port = Optional.<Integer>empty();
        while (!words.isEmpty()) {
            var option = words.pop();
            switch (option) {
                case "--orders" -> orders = Optional.of(value(option, words));
                case "--data" -> data = Optional.of(folder(value(option, words)));
                case "--items" -> items = Optional.of(file(option, value(option, words)));
                case "--orders-file" ->
                        ordersFile = Optional.of(file(option, value(option, words)));
                case "--check" -> check = true;
                case "--serve" -> serve = true;
                case "--packaged" -> packaged = true;
                case "--shop" -> shop = true;
                case "--port" -> port = Optional.of(port(value(option, words)));
                case "--help", "-h" -> help = true;
                default -> throw new Refused("There is no option %s.".formatted(option));
            }
        }
        if (check && data.isEmpty()) {
            throw new Refused("--check needs --data DIR: it looks at a database that was kept.");
        }
        if (check && orders.isPresent()) {
            throw new Refused("--check ships nothing, so --orders has no place beside it.");
        }
        if (check && serve) {
            throw new Refused("--check does nothing else, so --serve has no place beside it.");
        }
        if (check && packaged) {
            throw new Refused("--check calls no function, so --packaged has no place beside it.");
        }
        if (shop && (check || serve || packaged || data.isPresent())) {
            throw new Refused("--shop belongs to a day that is played once and kept nowhere.");
        }
        if (port.isPresent() && !serve) {
            throw new Refused("--port belongs to --serve.");
        }
        var own = own(items, ordersFile, check);
        if (serve && own.isPresent()) {
            throw new Refused(
                    "--serve plays the sample company, so no file has a place beside it.");
        }
        int most = own.isPresent() ? OwnData.MOST_ORDERS : FoodMart.CUSTOMER_ORDERS;
        int usual = own.isPresent() ? OwnData.MOST_ORDERS : FoodMart.BUSIEST_DAY_ORDERS;
        return new Options(
                orders.isPresent() ? orders(orders.get(), most) : serve ? SERVE_ORDERS : usual,
                data,
                check,
                help,
                serve,
                port.orElse(SERVE_PORT),
                packaged,
                shop,
                own);
    }

    /**
     * {@code --orders=10} is two words, as {@code --orders 10} is; a folder with spaces stands in
     * quotes.
     */
    private static Deque<String> words(String... arguments) {
        var words = new ArrayDeque<String>();
        for (var word : arguments.length == 1 ? split(arguments[0]) : List.of(arguments)) {
            var equals = word.indexOf('=');
            if (word.startsWith("--") && equals > 0) {
                words.add(word.substring(0, equals));
                words.add(word.substring(equals + 1));
            } else {
                words.add(word);
            }
        }
        return words;
    }

    private static List<String> split(String text) {
        var words = new ArrayList<String>();
        if (text.strip().equals("true")) {
            return words;
        }
        var matcher = WORD.matcher(text);
        while (matcher.find()) {
            for (int group = 1; group <= matcher.groupCount(); group++) {
                Optional.ofNullable(matcher.group(group)).ifPresent(words::add);
            }
        }
        return words;
    }

    private static String value(String option, Deque<String> words) throws Refused {
        var value = words.poll();
        if (value == null || value.isBlank() || value.startsWith("--")) {
            throw new Refused("%s needs a value.".formatted(option));
        }
        return value;
    }

    private static Optional<OwnFiles> own(
            Optional<Path> items, Optional<Path> orders, boolean check) throws Refused {
        if (check && (items.isPresent() || orders.isPresent())) {
            throw new Refused("--check ships nothing, so no file has a place beside it.");
        }
        if (items.isPresent() != orders.isPresent()) {
            throw new Refused(
                    items.isPresent()
                            ? "--items needs --orders-file FILE: what was ordered of them."
                            : "--orders-file needs --items FILE: what can be ordered.");
        }
        return items.map(it -> new OwnFiles(it, orders.orElseThrow()));
    }

    private static int orders(String value, int most) throws Refused {
        try {
            var orders = Integer.parseInt(value);
            if (orders >= 1 && orders <= most) {
                return orders;
            }
        } catch (NumberFormatException notANumber) {
            // Refused below, as a number out of bounds is.
        }
        throw new Refused(
                "--orders takes a whole number from 1 to %d, not %s.".formatted(most, value));
    }

    private static Path file(String option, String value) throws Refused {
        try {
            return Path.of(value);
        } catch (InvalidPathException notAPath) {
            throw new Refused("%s takes a file, not %s.".formatted(option, value));
        }
    }

    private static int port(String value) throws Refused {
        try {
            var port = Integer.parseInt(value);
            if (port >= 0 && port <= HIGHEST_PORT) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            // Refused below, as a number out of bounds is.
        }
        throw new Refused(
                "--port takes a whole number from 0 to %d, not %s.".formatted(HIGHEST_PORT, value));
    }

    private static Path folder(String value) throws Refused {
        try {
            return Path.of(value).toAbsolutePath().normalize();
        } catch (InvalidPathException notAPath) {
            throw new Refused("--data takes a folder, not %s.".formatted(value));
        }
    }
}

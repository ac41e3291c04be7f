package com.fluxvantage.registry;

import com.fluxvantage.testing.TestPlatform;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How a secret of Standard Webhooks may look where somebody has let it out by mistake. */
final class SecretForms {
    private static final String PREFIX = "whsec_";

    /** Every table of ours. */
    private static final String TABLES =
            """
            select oid::regclass::text
              from pg_class
             where relnamespace in ('wms'::regnamespace, 'guard'::regnamespace, 'flyway'::regnamespace)
               and relkind in ('r', 'p')
               and not relispartition
             order by 1
            """;

    /** Fewer letters of one may stand somewhere by chance. */
    private static final int SHORTEST = 12;

    private SecretForms() {}

    /** The text, its bytes and its key: as they are, in hexadecimal, in base64 of each alphabet. */
    static Set<String> of(String secret) {
        var key = secret.substring(PREFIX.length());
        var forms = new LinkedHashSet<String>();
        // Cut off at its end as well: a log may keep the beginning of a text.
        forms.add(key.substring(0, SHORTEST));
        forms.add(key);
        forms.add(URLEncoder.encode(key, StandardCharsets.UTF_8));
        for (byte[] bytes :
                List.of(
                        secret.getBytes(StandardCharsets.UTF_8),
                        key.getBytes(StandardCharsets.UTF_8),
                        Base64.getDecoder().decode(key))) {
            var hex = HexFormat.of().formatHex(bytes);
            forms.add(hex);
            forms.add(hex.toUpperCase(Locale.ROOT));
            forms.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
            forms.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        }
        return forms;
    }

    /** The first form of any of them that the text has. */
    static List<String> in(String text, Set<String> secrets) {
        return secrets.stream()
                .flatMap(secret -> of(secret).stream().filter(text::contains))
                .toList();
    }

    /** {@code table form} of each row that has one, whoever's it is. Bytes are hexadecimal here. */
    static List<String> inTables(TestPlatform platform, Set<String> secrets) throws SQLException {
        var found = new ArrayList<String>();
        try (var connection = platform.database().superuser()) {
            for (String table : texts(connection, TABLES)) {
                for (String row : texts(connection, "select t::text from " + table + " as t")) {
                    in(row, secrets).forEach(form -> found.add(table + " " + form));
                }
            }
        }
        return found;
    }

    private static List<String> texts(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var texts = new ArrayList<String>();
            while (rows.next()) {
                texts.add(String.valueOf(rows.getString(1)));
            }
            return texts;
        }
    }
}

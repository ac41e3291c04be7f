package com.fluxvantage.kernel.outside;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Where a secret is kept and what for. The ciphertext is bound to it: moved to another row or
 * column, or put back after a newer version was stored, it does not open.
 *
 * @param table with its schema, as in {@code wms.channel_connection}
 * @param row the part of its key that is not the tenant
 * @param version counts from 1 with each secret that was stored there
 */
public record SecretPlace(
        String table, UUID row, String column, SecretPurpose purpose, int version) {
    private static final Pattern TABLE = Pattern.compile("[a-z_]{1,63}\\.[a-z_]{1,63}");
    private static final Pattern COLUMN = Pattern.compile("[a-z_]{1,63}");

    public SecretPlace {
        if (!TABLE.matcher(table).matches() || !COLUMN.matcher(column).matches()) {
            throw new IllegalArgumentException("a place is a table with its schema, and a column");
        }
        if (version < 1) {
            throw new IllegalArgumentException("versions of a secret count from 1");
        }
    }
}

package com.fluxvantage.local.serve;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Prefix;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What there is to work on in a tenant at this moment: ids, and for each operation an example that
 * can be sent as it stands. Looked up in the tables, as only the machine's owner can.
 */
public final class AtHand {
    private static final String SQL = text("at-hand.sql");

    /** An identifier as the statement writes it: {@code ord:0193a0b0-…}. */
    private static final Pattern ID =
            Pattern.compile("\"([a-z]{3}):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\"");

    /** Opens a connection that sees every tenant. */
    public interface Owner {
        Connection connect() throws SQLException;
    }

    /** Stands for every kind of identifier: only the digits after the prefix are used. */
    @Prefix("any")
    private record Anything(UUID uuid) implements Identifier {}

    private final Owner owner;

    public AtHand(Owner owner) {
        this.owner = owner;
    }

    /**
     * As JSON: {@code {"ids": {...}, "examples": {"receive-line": {"path": ..., "body": ...}}}}.
     */
    String of(ServedTenant tenant) {
        try (var connection = owner.connect();
                var statement = connection.prepareStatement(SQL)) {
            statement.setObject(1, tenant.tenant().uuid());
            statement.setArray(2, connection.createArrayOf("text", subjects(tenant)));
            try (var row = statement.executeQuery()) {
                row.next();
                return asTheApiWrites(row.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("what is at hand could not be looked up", e);
        }
    }

    private static String[] subjects(ServedTenant tenant) {
        return tenant.people().stream().map(ServedTenant.Person::subject).toArray(String[]::new);
    }

    private static String asTheApiWrites(String json) {
        var written =
                ID.matcher(json)
                        .replaceAll(found -> {
                            var id = new Anything(UUID.fromString(found.group(2)));
                            return '"'
                                    + found.group(1)
                                    + Identifiers.text(id).substring(found.group(1).length())
                                    + '"';
                        });
        return new JsonMapper().readTree(written).toString();
    }

    static String text(String resource) {
        try (var file = AtHand.class.getResourceAsStream(resource)) {
            return new String(
                    Objects.requireNonNull(file, resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " cannot be read", e);
        }
    }
}

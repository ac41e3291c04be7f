package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.SecretContext;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Name;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.TestPlatform;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A tenant with a warehouse, its connections, and their secrets as the table has them. */
final class Connections {
    static final String SECRET = "whsec_cGxhbnRlZC1zZWNyZXQtb2YtYS1zaG9wLTAwMQ==";

    /** A row of secrets as the superuser sees it. */
    @SuppressWarnings("ArrayRecordComponent") // read once, and compared by what is in it
    record Stored(UUID id, int version, byte[] sealed) {}

    private final TestPlatform platform;
    private final Client client;
    private final GivenWarehouse given;

    Connections(TestPlatform platform) {
        this.platform = platform;
        this.client = platform.openTenant();
        this.given = GivenWarehouse.of(client);
    }

    Client client() {
        return client;
    }

    GivenWarehouse given() {
        return given;
    }

    WarehouseId warehouse() {
        return Identifiers.parse(WarehouseId.class, given.warehouseId()).orElseThrow();
    }

    ConnectChannel.Request request(String name, String secret) {
        return new ConnectChannel.Request(
                ChannelKind.SIGNED_PUSH, new Name(name), warehouse(), new Credential(secret));
    }

    ConnectChannel.Result connect(String name) {
        return client.done(ConnectChannel.OPERATION, request(name, SECRET));
    }

    List<Stored> stored() throws SQLException {
        try (var connection = platform.database().superuser();
                var statement =
                        connection.prepareStatement(
                                "select secret_id, version, sealed from wms.stored_secret where"
                                        + " tenant_id = ? order by secret_id")) {
            statement.setObject(1, client.tenant().uuid());
            try (var rows = statement.executeQuery()) {
                var found = new ArrayList<Stored>();
                while (rows.next()) {
                    found.add(
                            new Stored(
                                    rows.getObject(1, UUID.class),
                                    rows.getInt(2),
                                    rows.getBytes(3)));
                }
                return found;
            }
        }
    }

    /** Opens it as the platform does. */
    String opened(Stored stored) {
        return new String(
                platform.ports()
                        .secrets()
                        .open(
                                new SecretContext(
                                        client.tenant(),
                                        StoredSecrets.place(
                                                stored.id,
                                                SecretPurpose.CHANNEL_SIGNATURE,
                                                stored.version)),
                                SealedSecret.of(stored.sealed))
                        .reveal(),
                java.nio.charset.StandardCharsets.UTF_8);
    }
}

package com.fluxvantage.carriers;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Sealing;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Name;

import java.util.Optional;
import java.util.UUID;

/**
 * Connects one warehouse with carriers, through a company that speaks to them in the tenant's name.
 * The key goes in here and never comes out again; what is answered is a fingerprint of it. Where
 * parcels come from is told with it, for it stands on each label.
 */
final class ConnectCarrier {
    static final Operation<Request, Result> OPERATION =
            Operation.post("connect-carrier", "/carriers")
                    .summary("Connects a warehouse with carriers.")
                    .requires(INTEGRATIONS_MANAGE)
                    .needs(new Capability.SealsSecrets(SecretPurpose.CARRIER_KEY))
                    .refuses(NotFound.class)
                    .refuses(CarrierRefusal.CarrierNameTaken.class)
                    .creates()
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            ConnectCarrier::brought,
                            ConnectCarrier::handle);

    record Request(
            CarrierKind kind, Name name, WarehouseId warehouseId, Credential key, Sender sender) {
        static final Request EXAMPLE =
                new Request(
                        CarrierKind.EASYPOST,
                        new Name("EasyPost of the main warehouse"),
                        new WarehouseId(new UUID(0, 1)),
                        new Credential("EZTKexampleexampleexample"),
                        Sender.EXAMPLE);

        Request {
            CarrierSecrets.checkKey(key);
        }
    }

    /** Where parcels come from. */
    record Sender(
            Name name,
            Name street,
            Name city,
            Optional<Name> region,
            Name postcode,
            CarrierCountry country,
            Optional<Name> phone) {
        static final Sender EXAMPLE =
                new Sender(
                        new Name("Example Fulfilment"),
                        new Name("388 Townsend St"),
                        new Name("San Francisco"),
                        Optional.of(new Name("CA")),
                        new Name("94107"),
                        new CarrierCountry("US"),
                        Optional.empty());
    }

    record Result(CarrierId carrierId, String keyFingerprint, long version) {}

    private static Sealing.Brought brought(Request request) {
        return new Sealing.Brought(
                CarrierSecrets.place(Uuid7.next(), SecretPurpose.CARRIER_KEY, 1),
                request.key.secret());
    }

    private static Outcome<Result> handle(Request request, Call call) {
        if (!isWarehouse(request.warehouseId, call)) {
            return missing("warehouse", "warehouseId");
        }
        var sealed = call.sealed();
        String fingerprint = request.key.fingerprint(sealed.place().row());
        CarrierSecrets.keep(sealed, fingerprint, call);
        var carrier = new CarrierId(Uuid7.next());
        return save(carrier, request, sealed.place().row(), call)
                ? done(new Result(carrier, fingerprint, 1), Subject.of(carrier))
                : refused(new CarrierRefusal.CarrierNameTaken());
    }

    private static boolean isWarehouse(WarehouseId warehouse, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select exists (select from wms.warehouse where warehouse_id = :warehouse)
                        """)
                .bind("warehouse", warehouse)
                .mapTo(Boolean.class)
                .one();
    }

    private static boolean save(CarrierId carrier, Request request, UUID key, Call call) {
        var sender = request.sender;
        return call.sql()
                        .createUpdate(
                                """
                                insert into wms.carrier (
                                    carrier_id, kind, name, warehouse_id, key_id, sender, street, city, region, postcode,
                                    country, phone, connected_at, connected_by)
                                values (:carrier, :kind, :name, :warehouse, :key, :sender, :street, :city, :region, :postcode,
                                        :country, :phone, :now, :actor)
                                    on conflict do nothing
                                """)
                        .bind("carrier", carrier)
                        .bind("kind", request.kind)
                        .bind("name", request.name)
                        .bind("warehouse", request.warehouseId)
                        .bind("key", key)
                        .bind("sender", sender.name)
                        .bind("street", sender.street)
                        .bind("city", sender.city)
                        .bind("region", sender.region)
                        .bind("postcode", sender.postcode)
                        .bind("country", sender.country)
                        .bind("phone", sender.phone)
                        .bind("now", call.now())
                        .bind("actor", call.actor().reference())
                        .execute()
                == 1;
    }
}

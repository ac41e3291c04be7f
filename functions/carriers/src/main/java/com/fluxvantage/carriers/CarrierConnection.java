package com.fluxvantage.carriers;

import com.fluxvantage.kernel.operation.Call;

import java.util.Optional;
import java.util.UUID;

/** How a connection with carriers stands, for whoever is about to change it. */
record CarrierConnection(CarrierState state, UUID keyId, Optional<UUID> signatureId, long version) {
    static Optional<CarrierConnection> locked(CarrierId carrier, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state, key_id, signature_id, version
                          from wms.carrier
                         where carrier_id = :carrier
                           for no key update
                        """)
                .bind("carrier", carrier)
                .mapTo(CarrierConnection.class)
                .findOne();
    }
}

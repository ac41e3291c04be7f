package com.fluxvantage.carriers;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.outside.LabelFormat;
import com.fluxvantage.kernel.outside.Parcel;
import com.fluxvantage.kernel.outside.PostalAddress;
import com.fluxvantage.kernel.privacy.PersonalData;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;

/** Takes a label into one run's hands, and finds what there is to ask for. */
final class LabelLease {
    /** Clocks of several machines are a little apart. */
    private static final Duration APART = Duration.ofSeconds(5);

    /** A label of which something is to be asked for now. */
    record Due(
            LabelId labelId,
            CarrierId carrierId,
            LabelState state,
            boolean isStored,
            LabelFormat format,
            Optional<String> shipmentRef,
            Optional<String> rateRef,
            int attempts,
            boolean isLeased) {}

    private record Told(
            @Nullable PersonalData name,
            @Nullable PersonalData company,
            @Nullable PersonalData street,
            @Nullable PersonalData city,
            @Nullable PersonalData region,
            @Nullable PersonalData postcode,
            @Nullable String country,
            @Nullable PersonalData phone,
            @Nullable PersonalData email,
            PersonalData sender,
            PersonalData senderStreet,
            PersonalData senderCity,
            @Nullable PersonalData senderRegion,
            PersonalData senderPostcode,
            String senderCountry,
            @Nullable PersonalData senderPhone,
            long weightGrams,
            long lengthMm,
            long widthMm,
            long heightMm,
            LabelFormat format) {
        /** Without addresses. */
        @Override
        public String toString() {
            return "***";
        }
    }

    private LabelLease() {}

    static Optional<Due> due(LabelId label, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select wanted.label_id, wanted.carrier_id, wanted.state,
                               wanted.stored_at is not null as is_stored, wanted.format, wanted.shipment_ref,
                               wanted.rate_ref, wanted.attempts,
                               coalesce(wanted.leased_until > clock_timestamp(), false) as is_leased
                          from wms.carrier_label as wanted
                         where wanted.label_id = :label
                           and wanted.next_attempt_at <= :soon
                           and exists (
                                   select
                                     from wms.carrier as connection
                                    where connection.carrier_id = wanted.carrier_id
                                      and connection.state = 'ACTIVE')
                           for no key update
                        """)
                .bind("label", label)
                .bind("soon", call.now().plus(APART))
                .mapTo(Due.class)
                .findOne();
    }

    static LabelStep take(Due due, Call call) {
        var lease = lease(due, call);
        return switch (due.state) {
            case RATING -> new LabelStep.Rating(lease, parcel(due.labelId, call));
            case BUYING ->
                    new LabelStep.Buying(
                            lease,
                            due.shipmentRef.orElseThrow(),
                            due.rateRef.orElseThrow(),
                            due.format);
            case VOIDING -> new LabelStep.Voiding(lease, due.shipmentRef.orElseThrow());
            case BOUGHT ->
                    due.isStored
                            ? new LabelStep.Looking(lease, due.shipmentRef.orElseThrow())
                            : new LabelStep.Fetching(
                                    lease, due.shipmentRef.orElseThrow(), due.format);
            case VOIDED -> new LabelStep.Looking(lease, due.shipmentRef.orElseThrow());
            case RATED, FAILED ->
                    throw new IllegalStateException("of such a label nothing is asked for");
        };
    }

    // Longer than all calls of a step together; shorter than a queue waits for a sign of life.
    private static LabelStep.Lease lease(Due due, Call call) {
        long fence =
                call.sql()
                        .createQuery(
                                """
                                update wms.carrier_label
                                   set fence = fence + 1,
                                       leased_until = clock_timestamp() + interval '90 s'
                                 where label_id = :label
                                returning fence
                                """)
                        .bind("label", due.labelId)
                        .mapTo(Long.class)
                        .one();
        var key =
                call.sql()
                        .createQuery(
                                """
                                select key.secret_id, key.version, key.sealed
                                  from wms.carrier as connection
                                  join wms.stored_secret as key on key.secret_id = connection.key_id
                                 where connection.carrier_id = :carrier
                                """)
                        .bind("carrier", due.carrierId)
                        .mapTo(LabelStep.Key.class)
                        .one();
        return new LabelStep.Lease(due.labelId, due.carrierId, fence, due.attempts, key);
    }

    private static Optional<Parcel> parcel(LabelId label, Call call) {
        var told =
                call.sql()
                        .createQuery(
                                """
                                select recipient.name, recipient.company, recipient.street, recipient.city,
                                       recipient.region, recipient.postcode, recipient.country, recipient.phone,
                                       recipient.email,
                                       connection.sender, connection.street as sender_street,
                                       connection.city as sender_city, connection.region as sender_region,
                                       connection.postcode as sender_postcode, connection.country as sender_country,
                                       connection.phone as sender_phone,
                                       label.weight_grams, label.length_mm, label.width_mm, label.height_mm, label.format
                                  from wms.carrier_label as label
                                  join wms.carrier as connection on connection.carrier_id = label.carrier_id
                                  left join wms.order_recipient as recipient
                                    on recipient.order_id = label.order_id
                                   and recipient.redacted_at is null
                                 where label.label_id = :label
                                """)
                        .bind("label", label)
                        .mapTo(Told.class)
                        .one();
        if (told.name == null
                || told.street == null
                || told.city == null
                || told.postcode == null
                || told.country == null) {
            return Optional.empty();
        }
        return Optional.of(
                new Parcel(
                        label.uuid().toString(),
                        new PostalAddress(
                                told.sender,
                                Optional.empty(),
                                told.senderStreet,
                                told.senderCity,
                                Optional.ofNullable(told.senderRegion),
                                told.senderPostcode,
                                told.senderCountry,
                                Optional.ofNullable(told.senderPhone),
                                Optional.empty()),
                        new PostalAddress(
                                told.name,
                                Optional.ofNullable(told.company),
                                told.street,
                                told.city,
                                Optional.ofNullable(told.region),
                                told.postcode,
                                told.country,
                                Optional.ofNullable(told.phone),
                                Optional.ofNullable(told.email)),
                        told.weightGrams,
                        told.lengthMm,
                        told.widthMm,
                        told.heightMm,
                        told.format));
    }
}

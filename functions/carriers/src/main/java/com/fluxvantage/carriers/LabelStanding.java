package com.fluxvantage.carriers;

import com.fluxvantage.kernel.operation.Call;

import java.util.Optional;

/** How a label stands, for whoever is about to change it. */
record LabelStanding(LabelState state, CarrierId carrierId, long version) {
    static Optional<LabelStanding> locked(LabelId label, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state, carrier_id, version
                          from wms.carrier_label
                         where label_id = :label
                           for no key update
                        """)
                .bind("label", label)
                .mapTo(LabelStanding.class)
                .findOne();
    }

    // A statement of its own, after the lock: who dispatches the carton holds it meanwhile.
    static boolean hasLeft(LabelId label, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select carton.state = 'SHIPPED'
                          from wms.carrier_label as label
                          join wms.lpn as carton on carton.lpn_id = label.carton_id
                         where label.label_id = :label
                        """)
                .bind("label", label)
                .mapTo(Boolean.class)
                .one();
    }

    /**
     * Goes on to a state from which something is asked for outside, or in which nothing is; answers
     * the next version.
     */
    static long move(LabelId label, LabelState next, Optional<String> rate, Call call) {
        boolean isAsked = next == LabelState.BUYING || next == LabelState.VOIDING;
        long version =
                call.sql()
                        .createQuery(
                                """
                                update wms.carrier_label
                                   set state = :next,
                                       rate_ref = coalesce(:rate, rate_ref),
                                       problem = null,
                                       next_attempt_at = case when :asked then cast(:now as timestamptz) end,
                                       called_at = :now,
                                       version = version + 1
                                 where label_id = :label
                                returning version
                                """)
                        .bind("next", next)
                        .bind("rate", rate)
                        .bind("asked", isAsked)
                        .bind("now", call.now())
                        .bind("label", label)
                        .mapTo(Long.class)
                        .one();
        if (isAsked) {
            call.announce(new LabelWanted(label, version));
        }
        return version;
    }
}

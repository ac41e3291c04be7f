package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Work;
import com.fluxvantage.kernel.privacy.PersonalData;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Finds a person in what waits or is held, by the e-mail address or by name and postcode, as their
 * rights under the GDPR (Art. 15, 17) ask for: until an order is made of it, it is the one place
 * that tells of them outside the orders. It answers where, and repeats nothing of the person; what
 * is found is dropped with {@code drop-held-delivery}. What is asked for travels in the body, so no
 * address line keeps it. Of a delivery that cannot be read its words are looked at as they stand.
 */
final class FindHeldRecipient {
    static final Operation<Request, Result> OPERATION =
            Operation.post("find-held-recipient", "/held-deliveries/find-recipient")
                    .summary("Finds a person in what waits or is held, without repeating them.")
                    .requires(INTEGRATIONS_MANAGE)
                    .readsAudited()
                    .work(Work.PRIVACY)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            FindHeldRecipient::handle);

    static final int MOST = 100;

    record Request(
            Optional<PersonalData> email,
            Optional<PersonalData> name,
            Optional<PersonalData> postcode) {
        static final Request EXAMPLE =
                new Request(
                        Optional.of(new PersonalData("rosa@example.org")),
                        Optional.empty(),
                        Optional.empty());

        Request {
            if (email.isEmpty() && (name.isEmpty() || postcode.isEmpty())) {
                throw new InvalidValue(
                        "email",
                        "required",
                        "A person is found by the e-mail address, or by name and postcode.");
            }
        }
    }

    /** {@code more}: drop these first, then look again. */
    record Result(List<Where> items, boolean more) {}

    record Where(DeliveryId deliveryId, ConnectionId connectionId, Instant receivedAt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var found = where(request, call);
        return found(
                new Result(
                        found.size() > MOST ? found.subList(0, MOST) : found, found.size() > MOST));
    }

    // Only what is settled has no body, so the index on what is not narrows it down.
    private static List<Where> where(Request request, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select delivery_id, connection_id, received_at
                          from wms.channel_delivery
                         where state in ('RECEIVED', 'HELD')
                           and case when pg_input_is_valid(body, 'jsonb')
                                    then lower(body::jsonb #>> '{data,recipient,email}') = lower(cast(:email as text))
                                         or (lower(body::jsonb #>> '{data,recipient,name}') = lower(cast(:name as text))
                                             and lower(body::jsonb #>> '{data,recipient,postcode}')
                                                 = lower(cast(:postcode as text)))
                                    else position(lower(cast(:email as text)) in lower(body)) > 0
                                         or (position(lower(cast(:name as text)) in lower(body)) > 0
                                             and position(lower(cast(:postcode as text)) in lower(body)) > 0)
                               end
                         order by delivery_id
                         limit :most
                        """)
                .bind("email", request.email)
                .bind("name", request.name)
                .bind("postcode", request.postcode)
                .bind("most", MOST + 1)
                .mapTo(Where.class)
                .list();
    }
}

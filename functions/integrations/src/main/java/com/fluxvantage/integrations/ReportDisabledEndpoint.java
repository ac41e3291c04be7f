package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.LostLease;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Trigger.Event;
import com.fluxvantage.kernel.outside.Letter;
import com.fluxvantage.kernel.outside.MailTemplate;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.privacy.PersonalData;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;

/**
 * Writes to the administrators of a tenant that an endpoint of theirs was disabled because it did
 * not want to be told, or took nothing: whatever listens to webhooks cannot tell them, for it is
 * what failed. Once for each disabling; whoever is killed between sending and storing writes once
 * more. One that was enabled again meanwhile needs no letter, and what an administrator has
 * disabled never did.
 *
 * <p>The letter names the endpoint by its id and not by its address, which may hold a token.
 */
final class ReportDisabledEndpoint {
    static final Operation<Request, Result> OPERATION =
            Operation.consumer("report-disabled-endpoint", Event.of("webhook.disabled"))
                    .summary("Tells the administrators of a tenant that an endpoint was disabled.")
                    .needs(new Capability.SendsMail())
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            new Errand<>(
                                    (_, call) -> take(call),
                                    ReportDisabledEndpoint::carryOut,
                                    ReportDisabledEndpoint::record));

    record Request() {}

    record Result(int sent) {}

    /** The disabling that is told of, under the lease of this number. */
    private record Disabled(WebhookEndpointId endpointId, long version, long fence) {}

    private record Letters(Disabled disabled, LocalDate on, Administrators administrators) {
        Letter to(PersonalData address) {
            return new Letter(
                    address,
                    MailTemplate.WEBHOOK_DISABLED,
                    Map.of(
                            "tenant", administrators.tenant(),
                            "endpoint", Identifiers.text(disabled.endpointId),
                            "disabled_on", on.toString()));
        }
    }

    private static Errand.Taken<Letters, Result> take(Call call) {
        var leased = leased(call);
        if (leased.isEmpty()) {
            return isUntold(call) ? Errand.held() : Errand.nothing(new Result(0));
        }
        return Errand.task(
                new Letters(
                        leased.get(),
                        call.now().atZone(ZoneOffset.UTC).toLocalDate(),
                        Administrators.of(call)));
    }

    private static Optional<Disabled> leased(Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.webhook_endpoint
                           set telling_fence = telling_fence + 1,
                               telling_until = clock_timestamp() + interval '60 s'
                         where endpoint_id = :endpoint
                           and state = 'DISABLED'
                           and disabled_why <> 'TENANT'
                           and coalesce(told_version < :version, true)
                           and coalesce(telling_until < clock_timestamp(), true)
                        returning endpoint_id, version, telling_fence as fence
                        """)
                .bind("endpoint", call.heard().stream())
                .bind("version", call.heard().no())
                .mapTo(Disabled.class)
                .findOne();
    }

    private static boolean isUntold(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select exists (
                            select
                              from wms.webhook_endpoint
                             where endpoint_id = :endpoint
                               and state = 'DISABLED'
                               and disabled_why <> 'TENANT'
                               and coalesce(told_version < :version, true))
                        """)
                .bind("endpoint", call.heard().stream())
                .bind("version", call.heard().no())
                .mapTo(Boolean.class)
                .one();
    }

    private static Integer carryOut(Letters letters, Outside outside) {
        return letters.administrators.tell(letters::to, outside);
    }

    private static Outcome<Result> record(Letters letters, Integer sent, Call call) {
        int ours =
                call.sql()
                        .createUpdate(
                                """
                                update wms.webhook_endpoint
                                   set told_version = :version,
                                       telling_until = null
                                 where endpoint_id = :endpoint
                                   and telling_fence = :fence
                                """)
                        .bind("version", letters.disabled.version)
                        .bind("endpoint", letters.disabled.endpointId)
                        .bind("fence", letters.disabled.fence)
                        .execute();
        if (ours == 0) {
            throw new LostLease();
        }
        return Outcome.found(new Result(sent));
    }
}

package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.Sealing;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.SecretPlace;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.outside.WebhookSecret;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Which of the stored secrets sign for which endpoint, and how they come and go. */
final class WebhookSecrets {
    private WebhookSecrets() {}

    static SecretPlace place(UUID secretId, int version) {
        return StoredSecrets.place(secretId, SecretPurpose.WEBHOOK_SIGNATURE, version);
    }

    static Sealing.Brought brought(Credential typed) {
        return new Sealing.Brought(place(Uuid7.next(), 1), typed.secret());
    }

    /** Refuses what is no secret of the standard, or one that can be guessed. */
    static Credential checked(Credential typed) {
        try {
            return new Credential(new WebhookSecret(typed.sealed()).value());
        } catch (InvalidValue e) {
            throw new InvalidValue("secret", e.code(), e.sentence());
        }
    }

    static WebhookSecret opened(Secret secret) {
        return new WebhookSecret(new String(secret.reveal(), StandardCharsets.UTF_8));
    }

    /** Keeps what the call was brought, as the endpoint's newest. Answers its fingerprint. */
    static String keep(WebhookEndpointId endpoint, Credential typed, Call call) {
        var secret = call.sealed().place().row();
        String fingerprint = typed.fingerprint(secret);
        StoredSecrets.keep(call.sealed(), fingerprint, call);
        call.sql()
                .createUpdate(
                        """
                        insert into wms.webhook_secret (secret_id, endpoint_id, made_at)
                        values (:secret, :endpoint, :now)
                        """)
                .bind("secret", secret)
                .bind("endpoint", endpoint)
                .bind("now", call.now())
                .execute();
        return fingerprint;
    }

    /** The newest ends then, and those before it at once. */
    static void end(WebhookEndpointId endpoint, Instant endsAt, Call call) {
        var ending =
                call.sql()
                        .createQuery(
                                """
                                update wms.webhook_secret
                                   set ends_at = :now
                                 where endpoint_id = :endpoint
                                   and ends_at > :now
                                returning secret_id
                                """)
                        .bind("now", call.now())
                        .bind("endpoint", endpoint)
                        .mapTo(UUID.class)
                        .list();
        ending.forEach(it -> StoredSecrets.destroy(it, call));
        call.sql()
                .createUpdate(
                        """
                        update wms.webhook_secret
                           set ends_at = :ends_at
                         where endpoint_id = :endpoint
                           and ends_at is null
                        """)
                .bind("ends_at", endsAt)
                .bind("endpoint", endpoint)
                .execute();
    }

    /** Destroys all that an endpoint ever had. */
    static void endAll(WebhookEndpointId endpoint, Call call) {
        var ended =
                call.sql()
                        .createQuery(
                                """
                                update wms.webhook_secret
                                   set ends_at = least(ends_at, :now)
                                 where endpoint_id = :endpoint
                                returning secret_id
                                """)
                        .bind("now", call.now())
                        .bind("endpoint", endpoint)
                        .mapTo(UUID.class)
                        .list();
        ended.forEach(it -> StoredSecrets.destroy(it, call));
    }

    /** Destroys what has ended. A tenant has a handful of secrets, so it looks at each. */
    static void forget(Call call) {
        var ended =
                call.sql()
                        .createQuery(
                                """
                                select secret_id
                                  from wms.webhook_secret
                                 where ends_at <= :now
                                   and exists (
                                           select
                                             from wms.stored_secret as stored
                                            where stored.secret_id = webhook_secret.secret_id
                                              and stored.destroyed_at is null)
                                 order by secret_id
                                """)
                        .bind("now", call.now())
                        .mapTo(UUID.class)
                        .list();
        ended.forEach(it -> StoredSecrets.destroy(it, call));
    }

    /** The one without end first: a receiver that knows only it is the rule. */
    static List<WebhookLane.Kept> of(UUID[] endpoints, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select secret_id, endpoint_id, version, sealed
                          from wms.webhook_secret
                          join wms.stored_secret using (secret_id)
                         where endpoint_id = any (:endpoints)
                           and destroyed_at is null
                           and coalesce(ends_at > :now, true)
                         order by endpoint_id, ends_at desc nulls first
                        """)
                .bind("endpoints", endpoints)
                .bind("now", call.now())
                .mapTo(WebhookLane.Kept.class)
                .list();
    }
}

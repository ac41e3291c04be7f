package com.fluxvantage.runtime;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Subject;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a call leaves behind beside its own change, in the same transaction: the idempotency record,
 * the audit entry, the events. Two statements in all, one at each end.
 */
final class Records {
    private static final String CLAIM =
            """
            select outcome, result
              from wms.claim(:key, :fingerprint)
            """;

    private static final String CONCLUDE =
            """
            select wms.conclude(
                :key, :fingerprint, :operation, cast(:result as jsonb), :audit, :at,
                :subject_type, :subject, :request, cast(:events as jsonb))
            """;

    private static final String AUDIT =
            """
            select wms.record_audit(:audit, :at, :operation, :subject_type, :subject, :request)
            """;

    record Claim(String outcome, @Nullable String result) {}

    private final Operation<?, ?> operation;
    private final JsonMapper guarded = KernelJson.guarded();
    private final JsonMapper revealing = KernelJson.revealing();

    Records(Operation<?, ?> operation) {
        this.operation = operation;
    }

    /**
     * A keyed hash of the operation and of the request as it was understood, so that spacing and
     * the order of fields do not matter. Keyed, because a plain hash of a name and an address can
     * be tried.
     */
    byte[] fingerprint(Record request, byte[] key) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update((operation.name() + "\n").getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(revealing.writeValueAsBytes(request));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC is part of the platform", e);
        }
    }

    /** What a cursor belongs to: the operation and every filter, but not the page. */
    byte[] withoutPage(Record request) {
        ObjectNode filters = revealing.valueToTree(request);
        filters.remove("limit");
        filters.remove("cursor");
        return (operation.name() + "\n" + filters).getBytes(StandardCharsets.UTF_8);
    }

    Claim claim(Handle handle, String key, byte[] fingerprint) {
        return handle.createQuery(CLAIM)
                .bind("key", key)
                .bind("fingerprint", fingerprint)
                .mapTo(Claim.class)
                .one();
    }

    // The function answers nothing. Read as text, since the driver would ask the server about
    // the type.
    void conclude(
            Handle handle,
            Call call,
            String key,
            byte[] fingerprint,
            String result,
            Subject subject,
            String requestId) {
        handle.createQuery(CONCLUDE)
                .bind("key", key)
                .bind("fingerprint", fingerprint)
                .bind("operation", operation.name())
                .bind("result", result)
                .bind("audit", Uuid7.next())
                .bind("at", call.now())
                .bind("subject_type", subject.type())
                .bind("subject", subject.id().map(it -> it.uuid()))
                .bind("request", UUID.fromString(requestId))
                .bind("events", events(call))
                .mapTo(String.class)
                .one();
    }

    void audit(Handle handle, Call call, Subject subject, String requestId) {
        handle.createQuery(AUDIT)
                .bind("audit", Uuid7.next())
                .bind("at", call.now())
                .bind("operation", operation.name())
                .bind("subject_type", subject.type())
                .bind("subject", subject.id().map(it -> it.uuid()))
                .bind("request", UUID.fromString(requestId))
                .mapTo(String.class)
                .one();
    }

    String events(Call call) {
        return guarded.writeValueAsString(call.announced().stream().map(Records::row).toList());
    }

    private static Map<String, Object> row(DomainEvent event) {
        var row = new LinkedHashMap<String, Object>();
        row.put("stream", event.stream().uuid());
        row.put("no", event.version());
        row.put("type", DomainEvent.publicName(event.getClass()));
        row.put("payload", event);
        return row;
    }
}

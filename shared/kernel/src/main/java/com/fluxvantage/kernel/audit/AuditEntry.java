package com.fluxvantage.kernel.audit;

import com.fluxvantage.kernel.outside.Bytes;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One entry and its place in the chain. Whoever acted stands in it by id: names are elsewhere and
 * may be erased without touching it.
 *
 * @param seq its place in its segment, from 1
 * @param at when it happened, by the clock of the business
 * @param recordedAt when it was written, by the database's clock
 * @param previous the link before
 * @param hash its own
 */
public record AuditEntry(
        int segment,
        long seq,
        UUID auditId,
        Instant at,
        String actor,
        String action,
        Optional<String> subjectType,
        Optional<UUID> subjectId,
        UUID requestId,
        Instant recordedAt,
        Bytes previous,
        Bytes hash) {}

package com.fluxvantage.kernel.audit;

import com.fluxvantage.kernel.outside.Bytes;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * The digests of the audit trail, each over fields that are told apart: a text is its length in
 * four bytes and then its UTF-8, an absent one the length -1; instants are microseconds since 1970
 * in decimal. A tag says what a digest is of, and in which version.
 */
final class Digests {
    private static final int ABSENT = -1;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Digests() {}

    static Bytes genesis(UUID tenant) {
        return new Digests().text("fluxvantage-audit-genesis-1").text(tenant).sha256();
    }

    static Bytes entry(UUID tenant, AuditEntry entry) {
        return new Digests()
                .text(tenant)
                .text(entry.auditId())
                .text(micros(entry.at()))
                .text(entry.actor())
                .text(entry.action())
                .text(entry.subjectType().orElse(null))
                .text(entry.subjectId().orElse(null))
                .text(entry.requestId())
                .text(micros(entry.recordedAt()))
                .sha256();
    }

    static Bytes link(UUID tenant, int segment, long seq, Bytes previous, Bytes entry) {
        return new Digests()
                .text("fluxvantage-audit-link-1")
                .text(tenant)
                .text(segment)
                .text(seq)
                .hash(previous)
                .hash(entry)
                .sha256();
    }

    static Bytes seal(UUID tenant, AuditSegment segment, AuditSegment.Closing closing) {
        return new Digests()
                .text("fluxvantage-audit-seal-1")
                .text(tenant)
                .text(segment.no())
                .text(segment.month())
                .text(segment.retentionDays())
                .text(closing.entries())
                .hash(segment.opening())
                .hash(closing.last())
                .sha256();
    }

    /** RFC 9162, 2.1.1, of a leaf that is a head. */
    static Bytes leaf(UUID tenant, AuditCheckpoint head) {
        return new Digests()
                .octet(0)
                .text(tenant)
                .text(head.segment())
                .text(head.seq())
                .hash(head.hash())
                .sha256();
    }

    static Bytes node(Bytes left, Bytes right) {
        return new Digests().octet(1).hash(left).hash(right).sha256();
    }

    static Bytes root(AuditCheckpoint checkpoint) {
        return new Digests()
                .text("fluxvantage-audit-root-1")
                .text(checkpoint.root())
                .text(micros(checkpoint.dueAt()))
                .text(checkpoint.leaves())
                .hash(checkpoint.rootHash())
                .sha256();
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private Digests text(@Nullable Object value) {
        byte[] text =
                value == null ? new byte[0] : value.toString().getBytes(StandardCharsets.UTF_8);
        bytes.writeBytes(
                ByteBuffer.allocate(Integer.BYTES)
                        .putInt(value == null ? ABSENT : text.length)
                        .array());
        bytes.writeBytes(text);
        return this;
    }

    private Digests octet(int value) {
        bytes.write(value);
        return this;
    }

    private Digests hash(Bytes hash) {
        bytes.writeBytes(hash.toArray());
        return this;
    }

    private Bytes sha256() {
        try {
            return Bytes.of(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

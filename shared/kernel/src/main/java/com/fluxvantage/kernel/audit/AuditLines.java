package com.fluxvantage.kernel.audit;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.Signature;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * The audit trail as a file of lines: one fact a line, fields apart by tabs, in the order in which
 * {@link AuditCheck} wants them. A file and not a database dump, so that it is read in twenty years
 * by whoever has any programming language; no JSON, whose keys and numbers every tool writes as it
 * likes. Absent is {@code -}, instants are microseconds since 1970, hashes hexadecimal.
 */
public final class AuditLines {
    private static final String ABSENT = "-";
    private static final String FORMAT = "fluxvantage-audit";
    private static final String VERSION = "1";

    private AuditLines() {}

    public static String beginning(UUID tenant) {
        return joined(FORMAT, VERSION, tenant);
    }

    public static String of(AuditSegment segment) {
        var closing = segment.closing();
        return joined(
                "segment",
                segment.no(),
                segment.month(),
                segment.retentionDays(),
                segment.isRetired() ? "retired" : closing.isPresent() ? "closed" : "open",
                segment.opening(),
                optional(closing.map(AuditSegment.Closing::entries)),
                optional(closing.map(AuditSegment.Closing::last)),
                optional(closing.map(AuditSegment.Closing::seal)),
                keyId(closing.flatMap(AuditSegment.Closing::signature)),
                der(closing.flatMap(AuditSegment.Closing::signature)));
    }

    public static String of(AuditCheckpoint checkpoint) {
        return joined(
                "checkpoint",
                checkpoint.root(),
                Digests.micros(checkpoint.dueAt()),
                checkpoint.segment(),
                checkpoint.seq(),
                checkpoint.hash(),
                checkpoint.path().hex().isEmpty() ? ABSENT : checkpoint.path(),
                checkpoint.leaves(),
                checkpoint.rootHash(),
                keyId(checkpoint.signature()),
                der(checkpoint.signature()));
    }

    /** See {@link AuditCheck#checkpointBetween}. */
    public static String between(AuditCheckpoint checkpoint) {
        return "between-" + of(checkpoint);
    }

    public static String of(AuditEntry entry) {
        return joined(
                "entry",
                entry.segment(),
                entry.seq(),
                entry.auditId(),
                Digests.micros(entry.at()),
                entry.actor(),
                entry.action(),
                optional(entry.subjectType()),
                optional(entry.subjectId()),
                entry.requestId(),
                Digests.micros(entry.recordedAt()),
                entry.previous(),
                entry.hash());
    }

    public static String end(int segment, long seq, Bytes hash) {
        return joined("head", segment, seq, hash);
    }

    /** Which tenant's trail the file is; a file that does not begin so is none. */
    static UUID tenant(String line) {
        var field = line.split("\t", -1);
        if (field.length != 3 || !field[0].equals(FORMAT) || !field[1].equals(VERSION)) {
            throw new IllegalArgumentException("this is no audit trail of version " + VERSION);
        }
        return UUID.fromString(field[2]);
    }

    /**
     * Tells the check what one line says; true where it was the last. A line that says the same in
     * another way is none: nothing of the file is left unread.
     */
    static boolean tell(AuditCheck check, String line) {
        var field = line.split("\t", -1);
        return switch (field[0]) {
            case "segment" -> {
                var segment = segment(field);
                mustBe(of(segment), line);
                check.segment(segment);
                yield false;
            }
            case "checkpoint" -> {
                var checkpoint = checkpoint(field);
                mustBe(of(checkpoint), line);
                check.checkpoint(checkpoint);
                yield false;
            }
            case "between-checkpoint" -> {
                var checkpoint = checkpoint(field);
                mustBe(between(checkpoint), line);
                check.checkpointBetween(checkpoint);
                yield false;
            }
            case "entry" -> {
                var entry = entry(field);
                mustBe(of(entry), line);
                check.entry(entry);
                yield false;
            }
            case "head" -> {
                int segment = Integer.parseInt(field[1]);
                long seq = Long.parseLong(field[2]);
                var hash = hex(field[3]);
                mustBe(end(segment, seq, hash), line);
                check.head(segment, seq, hash);
                yield true;
            }
            default -> throw new IllegalArgumentException("no line begins so");
        };
    }

    /** Tells the check what a line says that was kept of the chain elsewhere. */
    static void tellCopy(AuditCheck check, String line) {
        var field = line.split("\t", -1);
        switch (field[0]) {
            case "segment" -> {
                var segment = segment(field);
                mustBe(of(segment), line);
                check.copied(segment);
            }
            case "checkpoint" -> {
                var checkpoint = checkpoint(field);
                mustBe(of(checkpoint), line);
                check.copied(checkpoint);
            }
            default -> throw new IllegalArgumentException("no copy begins so");
        }
    }

    private static void mustBe(String written, String line) {
        if (!written.equals(line)) {
            throw new IllegalArgumentException("a line is not as it is written");
        }
    }

    private static AuditSegment segment(String[] field) {
        return new AuditSegment(
                Integer.parseInt(field[1]),
                field[2],
                Integer.parseInt(field[3]),
                hex(field[5]),
                field[4].equals("open")
                        ? Optional.empty()
                        : Optional.of(
                                new AuditSegment.Closing(
                                        Long.parseLong(field[6]),
                                        hex(field[7]),
                                        hex(field[8]),
                                        signature(field[9], field[10]))),
                field[4].equals("retired"));
    }

    private static AuditCheckpoint checkpoint(String[] field) {
        return new AuditCheckpoint(
                Long.parseLong(field[1]),
                instant(field[2]),
                Integer.parseInt(field[3]),
                Long.parseLong(field[4]),
                hex(field[5]),
                hex(field[6].equals(ABSENT) ? "" : field[6]),
                Integer.parseInt(field[7]),
                hex(field[8]),
                signature(field[9], field[10]));
    }

    private static AuditEntry entry(String[] field) {
        return new AuditEntry(
                Integer.parseInt(field[1]),
                Long.parseLong(field[2]),
                UUID.fromString(field[3]),
                instant(field[4]),
                field[5],
                field[6],
                present(field[7]),
                present(field[8]).map(UUID::fromString),
                UUID.fromString(field[9]),
                instant(field[10]),
                hex(field[11]),
                hex(field[12]));
    }

    private static Optional<Signature> signature(String keyId, String der) {
        return present(keyId).map(key -> new Signature(key, hex(der)));
    }

    private static Optional<String> present(String field) {
        return field.equals(ABSENT) ? Optional.empty() : Optional.of(field);
    }

    private static Instant instant(String micros) {
        return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
    }

    private static Bytes hex(String text) {
        return Bytes.of(HexFormat.of().parseHex(text));
    }

    private static Object keyId(Optional<Signature> signature) {
        return optional(signature.map(Signature::keyId));
    }

    private static Object der(Optional<Signature> signature) {
        return optional(signature.map(Signature::der));
    }

    private static Object optional(Optional<?> value) {
        return value.isPresent() ? value.get() : ABSENT;
    }

    private static String joined(Object... fields) {
        var line = new StringBuilder();
        for (Object field : fields) {
            line.append(line.isEmpty() ? "" : "\t").append(field);
        }
        return line.toString();
    }
}

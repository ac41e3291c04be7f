package com.fluxvantage.kernel.audit;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.Signature;
import com.fluxvantage.kernel.outside.SigningKey;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Verifies one tenant's chain. It is told segment after segment, of each its checkpoints and then
 * its entries as they stand, and last where the chain ends; what it finds it names, and goes on
 * from there as if nothing had been, so one change is one finding and not a thousand. It holds one
 * hash and the checkpoints to come, however long the chain is. Used by one thread.
 */
public final class AuditCheck {
    /** A row that was moved is looked for so many places around. */
    private static final int NEIGHBOURHOOD = 200;

    private static final int HASH_BYTES = 32;

    private final UUID tenant;
    private final List<SigningKey> keys;
    private final List<AuditFinding> findings = new ArrayList<>();
    private final TreeMap<Long, List<AuditCheckpoint>> awaited = new TreeMap<>();
    private final TreeMap<Integer, TreeMap<Long, List<Bytes>>> copies = new TreeMap<>();
    private final TreeMap<Integer, List<Bytes>> copiedSeals = new TreeMap<>();
    private @Nullable AuditSegment standing;
    private Bytes last;
    private long seq;
    private int segments;
    private long entries;

    /** Behind one that was moved nobody can say what the next should hang on. */
    private boolean isLoose;

    private int signatures;

    /**
     * From the beginning of the chain.
     *
     * @param keys the public keys that the verifier trusts
     */
    public AuditCheck(UUID tenant, List<SigningKey> keys) {
        this.tenant = tenant;
        this.keys = List.copyOf(keys);
        this.last = Digests.genesis(tenant);
    }

    /**
     * What was kept of this chain elsewhere, before the first segment is told: a signed head, which
     * has to stand in it.
     */
    public void copied(AuditCheckpoint head) {
        if (isSigned(head.signature(), head.segment(), head.seq()) && signed(head)) {
            copies.computeIfAbsent(head.segment(), _ -> new TreeMap<>())
                    .computeIfAbsent(head.seq(), _ -> new ArrayList<>())
                    .add(head.hash());
        }
    }

    /** As above, of a segment that was closed: its seal. */
    public void copied(AuditSegment closed) {
        int before = findings.size();
        var closing = closed.closing().orElseThrow();
        sealed(closed, closing);
        if (isSigned(closing.signature(), closed.no(), 0) && findings.size() == before) {
            copiedSeals.computeIfAbsent(closed.no(), _ -> new ArrayList<>()).add(closing.seal());
        }
    }

    /** The next segment; the one before has come to its end. */
    public void segment(AuditSegment next) {
        end();
        int expected = segments + 1;
        if (next.no() != expected) {
            find(AuditFinding.Kind.REMOVED, expected, 0, null);
        } else if (!next.opening().equals(last)) {
            find(AuditFinding.Kind.FORGED, next.no(), 0, null);
        }
        segments = next.no();
        standing = next;
        last = next.opening();
        seq = 0;
        next.closing().ifPresent(closing -> sealed(next, closing));
        if (next.isRetired()) {
            // Its entries are gone in their time; the seal stands for them.
            copies.remove(next.no());
        }
    }

    /**
     * Goes on inside of a segment, behind an entry that was verified before: the one whose hash
     * this is.
     */
    public void resume(AuditSegment within, long behind, Bytes hash) {
        segments = within.no();
        standing = within;
        last = hash;
        seq = behind;
    }

    /** Before the entries of its segment. */
    public void checkpoint(AuditCheckpoint checkpoint) {
        if (isRetired()) {
            return;
        }
        signed(checkpoint);
        if (checkpoint.seq() > seq) {
            awaited.computeIfAbsent(checkpoint.seq(), _ -> new ArrayList<>()).add(checkpoint);
        } else if (checkpoint.seq() == seq && !checkpoint.hash().equals(last)) {
            find(AuditFinding.Kind.FORGED, checkpoint.segment(), checkpoint.seq(), null);
        }
    }

    /** Behind all segments: of one that has no entry yet, whose head is the seal before it. */
    public void checkpointBetween(AuditCheckpoint checkpoint) {
        end();
        signed(checkpoint);
        if (checkpoint.segment() != segments + 1 || checkpoint.seq() != 0) {
            find(AuditFinding.Kind.TAIL_CUT, checkpoint.segment(), 1, null);
        } else if (!checkpoint.hash().equals(last)) {
            find(AuditFinding.Kind.FORGED, checkpoint.segment(), 0, null);
        }
    }

    /** The next entry as it stands in the file or in the table. */
    public void entry(AuditEntry entry) {
        if (isRetired()) {
            return;
        }
        entries++;
        var digest = Digests.entry(tenant, entry);
        boolean isInPlace = isLink(entry, entry.seq(), digest);
        if (entry.seq() <= seq || entry.segment() != segments) {
            find(AuditFinding.Kind.REORDERED, entry.segment(), entry.seq(), entry.auditId());
            return;
        }
        for (long missing = seq + 1; missing < entry.seq(); missing++) {
            find(AuditFinding.Kind.REMOVED, segments, missing, null);
            if (findings.size() > NEIGHBOURHOOD) {
                break;
            }
        }
        boolean isMoved = !isInPlace && stoodElsewhere(entry, digest);
        if (!isInPlace) {
            find(
                    isMoved ? AuditFinding.Kind.REORDERED : AuditFinding.Kind.CHANGED,
                    segments,
                    entry.seq(),
                    entry.auditId());
        } else if (entry.seq() == seq + 1 && !isLoose && !entry.previous().equals(last)) {
            find(AuditFinding.Kind.FORGED, segments, entry.seq(), entry.auditId());
        }
        isLoose = isMoved;
        seq = entry.seq();
        last = entry.hash();
        for (var checkpoint : awaited.getOrDefault(seq, List.of())) {
            if (!checkpoint.hash().equals(last)) {
                find(AuditFinding.Kind.FORGED, segments, seq, entry.auditId());
            }
        }
        awaited.remove(seq);
        compare(entry);
    }

    // What was removed before this one has been found already, copied or not.
    private void compare(AuditEntry entry) {
        var ofSegment = copies.get(segments);
        if (ofSegment == null) {
            return;
        }
        ofSegment.headMap(seq).clear();
        var copied = ofSegment.remove(seq);
        if (copied != null && !copied.stream().allMatch(last::equals)) {
            find(AuditFinding.Kind.FORGED, segments, seq, entry.auditId());
        }
    }

    /** Where the chain ends: nothing follows. */
    public void head(int segment, long headSeq, Bytes hash) {
        end();
        boolean isBetween = segment == segments + 1 && headSeq == 0;
        if (!isBetween && (segment != segments || headSeq > seq)) {
            find(AuditFinding.Kind.TAIL_CUT, segment, Math.min(headSeq, seq + 1), null);
        } else if (!hash.equals(last)) {
            find(AuditFinding.Kind.FORGED, segment, headSeq, null);
        }
    }

    /** The file ended before it said where the chain does. */
    public void cutOff() {
        find(AuditFinding.Kind.TAIL_CUT, segments, seq + 1, null);
    }

    /** Nothing more is told: what was copied and has not come up was cut off. */
    public void over() {
        copies.forEach((segment, heads) ->
                heads.keySet().stream()
                        .findFirst()
                        .ifPresent(it -> find(AuditFinding.Kind.TAIL_CUT, segment, it, null)));
        copies.clear();
        copiedSeals.keySet().forEach(it -> find(AuditFinding.Kind.TAIL_CUT, it, 0, null));
        copiedSeals.clear();
    }

    public List<AuditFinding> findings() {
        return List.copyOf(findings);
    }

    public long entries() {
        return entries;
    }

    public int segments() {
        return segments;
    }

    /** Signatures that were verified. */
    public int signatures() {
        return signatures;
    }

    // A retired segment is represented by its seal, which was compared when it came.
    private void end() {
        var ending = standing;
        if (ending == null) {
            return;
        }
        standing = null;
        var closing = ending.closing();
        if (closing.isPresent() && !ending.isRetired()) {
            if (seq < closing.get().entries()) {
                find(AuditFinding.Kind.TAIL_CUT, ending.no(), seq + 1, null);
            } else if (!last.equals(closing.get().last())) {
                find(AuditFinding.Kind.FORGED, ending.no(), seq, null);
            }
        } else if (!awaited.isEmpty() && !ending.isRetired()) {
            find(AuditFinding.Kind.TAIL_CUT, ending.no(), seq + 1, null);
        }
        awaited.clear();
        closing.ifPresent(it -> last = it.seal());
    }

    private void sealed(AuditSegment segment, AuditSegment.Closing closing) {
        if (!Digests.seal(tenant, segment, closing).equals(closing.seal())) {
            find(AuditFinding.Kind.CHANGED, segment.no(), 0, null);
        }
        var copied = copiedSeals.remove(segment.no());
        if (copied != null && !copied.stream().allMatch(closing.seal()::equals)) {
            find(AuditFinding.Kind.FORGED, segment.no(), 0, null);
        }
        closing.signature().ifPresent(it -> verify(closing.seal(), it, segment.no(), 0));
    }

    private boolean signed(AuditCheckpoint checkpoint) {
        boolean isUnderItsRoot =
                climbed(checkpoint).map(top -> top.equals(checkpoint.rootHash())).orElse(false);
        if (!isUnderItsRoot) {
            find(AuditFinding.Kind.FORGED, checkpoint.segment(), checkpoint.seq(), null);
        }
        return checkpoint
                        .signature()
                        .map(it ->
                                verify(
                                        Digests.root(checkpoint),
                                        it,
                                        checkpoint.segment(),
                                        checkpoint.seq()))
                        .orElse(true)
                && isUnderItsRoot;
    }

    private Optional<Bytes> climbed(AuditCheckpoint checkpoint) {
        byte[] path = checkpoint.path().toArray();
        if (path.length % (HASH_BYTES + 1) != 0) {
            return Optional.empty();
        }
        var at = Digests.leaf(tenant, checkpoint);
        for (int step = 0; step < path.length; step += HASH_BYTES + 1) {
            if (path[step] != 0 && path[step] != 1) {
                return Optional.empty();
            }
            var sibling = Bytes.of(Arrays.copyOfRange(path, step + 1, step + 1 + HASH_BYTES));
            at = path[step] == 0 ? Digests.node(sibling, at) : Digests.node(at, sibling);
        }
        return Optional.of(at);
    }

    // Nothing is copied before it is signed.
    private boolean isSigned(Optional<Signature> signature, int segment, long at) {
        if (signature.isEmpty()) {
            find(AuditFinding.Kind.SIGNATURE, segment, at, null);
        }
        return signature.isPresent();
    }

    private boolean verify(Bytes digest, Signature signature, int segment, long at) {
        if (keys.stream().anyMatch(key -> key.verifies(digest.toArray(), signature.der()))) {
            signatures++;
            return true;
        }
        find(AuditFinding.Kind.SIGNATURE, segment, at, null);
        return false;
    }

    private boolean isLink(AuditEntry entry, long place, Bytes digest) {
        return Digests.link(tenant, entry.segment(), place, entry.previous(), digest)
                .equals(entry.hash());
    }

    private boolean stoodElsewhere(AuditEntry entry, Bytes digest) {
        for (long place = Math.max(1, entry.seq() - NEIGHBOURHOOD);
                place <= entry.seq() + NEIGHBOURHOOD;
                place++) {
            if (isLink(entry, place, digest)) {
                return true;
            }
        }
        return false;
    }

    private boolean isRetired() {
        return standing != null && standing.isRetired();
    }

    private void find(AuditFinding.Kind kind, int segment, long at, @Nullable UUID auditId) {
        findings.add(new AuditFinding(kind, segment, at, Optional.ofNullable(auditId)));
    }
}

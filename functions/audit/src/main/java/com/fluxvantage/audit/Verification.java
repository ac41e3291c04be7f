package com.fluxvantage.audit;

import com.fluxvantage.audit.ChainReader.Position;
import com.fluxvantage.kernel.audit.AuditCheck;
import com.fluxvantage.kernel.audit.AuditCheckpoint;
import com.fluxvantage.kernel.audit.AuditEntry;
import com.fluxvantage.kernel.audit.AuditSegment;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.SigningKey;
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A piece of the entered tenant's chain, read and checked.
 *
 * @param next where it goes on; absent where the end of the chain was reached
 */
record Verification(AuditCheck check, Optional<Position> next) {
    private record KeyRow(String keyId, Bytes spki) {}

    private record Checked(AuditCheck check) implements ChainReader.Told {
        @Override
        public void beginning(TenantId tenant) {
            // The check was made for it.
        }

        @Override
        public void resumed(AuditSegment within, long behind, Bytes hash) {
            check.resume(within, behind, hash);
        }

        @Override
        public void segment(AuditSegment segment) {
            check.segment(segment);
        }

        @Override
        public void checkpoint(AuditCheckpoint checkpoint) {
            check.checkpoint(checkpoint);
        }

        @Override
        public void between(AuditCheckpoint checkpoint) {
            check.checkpointBetween(checkpoint);
        }

        @Override
        public void entry(AuditEntry entry) {
            check.entry(entry);
        }

        @Override
        public void end(int segment, long seq, Bytes hash) {
            check.head(segment, seq, hash);
        }
    }

    /** Of so many entries behind a position, at most. */
    static Verification of(Position from, int entries, Call call) {
        var check = new AuditCheck(tenant(call), keys(call));
        var next = new ChainReader(call, new Checked(check)).read(from, entries);
        return new Verification(check, next);
    }

    private static UUID tenant(Call call) {
        return call.sql().createQuery("select fv.tenant()").mapTo(UUID.class).one();
    }

    private static List<SigningKey> keys(Call call) {
        return call.sql()
                .createQuery("select key_id, spki from fv.signing_keys(:purpose)")
                .bind("purpose", SigningPurpose.AUDIT_SEAL.publicName())
                .mapTo(KeyRow.class)
                .map(row -> new SigningKey(row.keyId, row.spki))
                .list();
    }
}

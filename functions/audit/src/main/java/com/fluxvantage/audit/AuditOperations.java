package com.fluxvantage.audit;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;

import java.util.List;

/** The operations of the audit trail. */
public final class AuditOperations implements OperationList {
    @Override
    public List<Operation<?, ?>> operations() {
        return List.of(
                SearchAudit.OPERATION,
                VerifyAudit.OPERATION,
                ReadAuditChain.OPERATION,
                SetAuditRetention.OPERATION,
                ChainAudit.OPERATION,
                SignAudit.OPERATION,
                CopyAuditHeads.OPERATION,
                CheckAudit.OPERATION,
                CheckAuditCopies.OPERATION,
                SearchSigningKeys.OPERATION,
                RetireDeletedTenants.OPERATION,
                RetireAuditSegments.OPERATION);
    }
}

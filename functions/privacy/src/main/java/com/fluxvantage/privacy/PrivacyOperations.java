package com.fluxvantage.privacy;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;

import java.util.List;

/** The operations on how long data stays, then the one that runs by the clock. */
public final class PrivacyOperations implements OperationList {
    @Override
    public List<Operation<?, ?>> operations() {
        return List.of(
                PreviewRetention.OPERATION,
                SetRecipientRetention.OPERATION,
                SearchRetentionRuns.OPERATION,
                ApplyRetention.OPERATION);
    }
}

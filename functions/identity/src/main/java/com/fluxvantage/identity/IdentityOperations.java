package com.fluxvantage.identity;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;

import java.util.List;

/** The operations of identity. */
public final class IdentityOperations implements OperationList {
    @Override
    public List<Operation<?, ?>> operations() {
        return List.of(
                OpenTenant.OPERATION,
                AddMember.OPERATION,
                SearchMembers.OPERATION,
                RevokeMember.OPERATION,
                AuthorizeCall.OPERATION,
                CheckHealth.OPERATION,
                SearchDeadLetters.OPERATION,
                ReplayDeadLetters.OPERATION,
                WatchProofKey.OPERATION);
    }
}

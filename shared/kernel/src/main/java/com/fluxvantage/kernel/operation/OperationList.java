package com.fluxvantage.kernel.operation;

import java.util.List;

/**
 * The operations of one domain. Found by {@link java.util.ServiceLoader}, so that no one lists the
 * domains twice.
 */
public interface OperationList {
    List<Operation<?, ?>> operations();
}

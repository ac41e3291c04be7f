package com.fluxvantage.registry;

import com.fluxvantage.kernel.operation.Operation;

/** Which domain an operation is of: the package of its request says it. */
final class Domains {
    private Domains() {}

    static String of(Operation<?, ?> operation) {
        String name = operation.requestType().getPackageName();
        return name.substring(name.lastIndexOf('.') + 1);
    }
}

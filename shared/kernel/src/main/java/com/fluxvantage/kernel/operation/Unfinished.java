package com.fluxvantage.kernel.operation;

/**
 * A result of a job that works in batches. While there is more, the boundary calls the operation
 * again in a transaction of its own; what is done stays done when the job is killed between two.
 */
public interface Unfinished {
    boolean more();
}

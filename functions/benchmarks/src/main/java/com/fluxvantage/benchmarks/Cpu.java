package com.fluxvantage.benchmarks;

import com.fluxvantage.local.lambda.LambdaSandbox;

/** The processor time that a sandbox has used since its start, of all its threads. */
final class Cpu {
    private Cpu() {}

    static double millis(LambdaSandbox sandbox) {
        return ProcessHandle.of(sandbox.pid())
                        .flatMap(it -> it.info().totalCpuDuration())
                        .orElseThrow()
                        .toNanos()
                / 1e6;
    }
}

package com.fluxvantage.testing;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * After the last test of a module: of all that the product has sent in it, nothing may pin a
 * proxied session. It fails the module's run and names what was sent.
 */
public final class PinCheck implements LauncherSessionListener {
    private static final int MOST_TOLD = 20;

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        if (PgBouncer.pool().isPresent()) {
            System.out.println("PinCheck: left out, since a pooler sends statements of its own");
        } else {
            long started = System.nanoTime();
            TestDatabase.statements().ifPresent(log -> check(log, started));
        }
    }

    private static void check(StatementLog log, long started) {
        var findings =
                log.sent().stream()
                        .flatMap(sent -> PinDetector.finding(sent).stream())
                        .distinct()
                        .limit(MOST_TOLD)
                        .toList();
        long ofTheProduct =
                log.sent().stream().filter(sent -> sent.program().startsWith("fv-")).count();
        System.out.println(
                "PinCheck: %d statements of the product, %d that pin a session, %d ms"
                        .formatted(
                                ofTheProduct,
                                findings.size(),
                                (System.nanoTime() - started) / 1_000_000));
        if (!findings.isEmpty()) {
            throw new AssertionError(String.join("\n", findings));
        }
    }
}

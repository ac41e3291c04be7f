package com.fluxvantage.infra;

import software.amazon.awscdk.services.logs.LogGroup;
import software.constructs.Construct;

/** Log groups are made before anything writes to them: one that a service makes lives for ever. */
final class LogGroups {
    private LogGroups() {}

    static LogGroup make(
            Construct scope, String id, String name, Settings settings, KeysStack keys) {
        return LogGroup.Builder.create(scope, id)
                .logGroupName(name)
                .encryptionKey(keys.logs(scope, id))
                .retention(Settings.LOGS)
                .removalPolicy(settings.removal())
                .build();
    }
}

package com.fluxvantage.infra;

import software.amazon.awscdk.Stack;
import software.constructs.Construct;

/** The functions of one domain. It knows nothing of routes: those are the edge's. */
final class DomainStack extends Stack {
    DomainStack(Construct scope, Domain domain, Zips zips, Surroundings around) {
        super(scope, around.settings().stackName(domain.name()));
        var code = zips.of(domain);
        for (var operation : domain.operations()) {
            new OperationResources(this, operation, code, around);
        }
    }
}

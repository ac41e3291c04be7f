package com.fluxvantage.kernel.tenancy;

import com.fluxvantage.kernel.operation.Permission;

import java.util.Set;

/**
 * What the authorizer grants: who acts, and what they may do. Which rows they see is the database's
 * own decision.
 */
public record Grant(Actor actor, Set<Permission> permissions) {
    public Grant {
        permissions = Set.copyOf(permissions);
    }
}

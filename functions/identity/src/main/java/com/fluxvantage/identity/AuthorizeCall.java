package com.fluxvantage.identity;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.refused;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.Grant;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.kernel.tenancy.TokenClaims;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Decides who a verified token stands for: a member of the tenant that it names, with the
 * permissions of their roles. A person who was let go, a person of another tenant and a tenant that
 * was deleted are refused alike. What the tenant's state allows is judged call by call, by the kind
 * of work.
 */
final class AuthorizeCall {
    static final Operation<TokenClaims, Grant> OPERATION =
            Operation.authorizer("authorize-call")
                    .summary("Finds the member that a token stands for, and their permissions.")
                    .openTo("The authorizer is what finds out who is calling.")
                    .needs(new Capability.ReachesIdentityProvider())
                    .needs(new Capability.ReadsProofKey())
                    .refuses(IdentityRefusal.NotAMember.class)
                    .handledBy(
                            TokenClaims.class,
                            Grant.class,
                            new TokenClaims(new TenantId(new UUID(0, 1)), Person.EXAMPLE.subject()),
                            AuthorizeCall::handle);

    private record Member(
            UUID memberId, List<String> roles, String memberState, String tenantState) {
        boolean mayCome() {
            return memberState.equals("ACTIVE") && !tenantState.equals("deleted");
        }
    }

    private static Outcome<Grant> handle(TokenClaims claims, Call call) {
        // One function of the database is all that the authorizer's login can call.
        return call.sql()
                .createQuery(
                        """
                        select member_id, roles, member_state, tenant_state
                          from fv.find_member(:tenant, :subject)
                        """)
                .bind("tenant", claims.tenant())
                .bind("subject", claims.subject())
                .mapTo(Member.class)
                .findOne()
                .filter(Member::mayCome)
                .map(member -> found(grant(member)))
                .orElseGet(() -> refused(new IdentityRefusal.NotAMember()));
    }

    private static Grant grant(Member member) {
        Set<Permission> permissions = EnumSet.noneOf(Permission.class);
        boolean isOperator = false;
        for (String name : member.roles) {
            var role = Role.valueOf(name);
            permissions.addAll(role.permissions());
            isOperator |= role == Role.OPERATOR;
        }
        var kind = isOperator ? Actor.Kind.OPERATOR : Actor.Kind.MEMBER;
        return new Grant(new Actor(kind, member.memberId), permissions);
    }
}

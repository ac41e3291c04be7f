package com.fluxvantage.identity;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.MEMBERS_MANAGE;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.tenancy.MemberId;
import com.fluxvantage.kernel.tenancy.TokenClaims.UserSubject;

import java.util.EnumSet;
import java.util.List;

/**
 * Adds a person to the tenant, with the roles they work in. They sign in with the identity
 * provider; no credential of theirs is kept here. A person who was let go is not added again under
 * the same subject, so that what the audit trail says of them stays theirs.
 */
final class AddMember {
    static final Operation<Request, Result> OPERATION =
            Operation.post("add-member", "/members")
                    .summary("Adds a person to the tenant with the roles they work in.")
                    .requires(MEMBERS_MANAGE)
                    .refuses(IdentityRefusal.AlreadyMember.class)
                    .refuses(IdentityRefusal.RoleNotForTenants.class)
                    .creates()
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, AddMember::handle);

    record Request(
            UserSubject subject, PersonalData email, PersonalData displayName, List<Role> roles) {
        static final Request EXAMPLE =
                new Request(
                        Person.EXAMPLE.subject(),
                        Person.EXAMPLE.email(),
                        Person.EXAMPLE.displayName(),
                        List.of(Role.PICKER, Role.PACKER));

        Request {
            if (roles.isEmpty()) {
                throw new InvalidValue("roles", "required", "A member has at least one role.");
            }
            if (roles.size() > Role.values().length) {
                throw new InvalidValue("roles", "too-many", "There are not that many roles.");
            }
            roles = List.copyOf(EnumSet.copyOf(roles));
        }
    }

    record Result(MemberId memberId, long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        if (!request.roles.stream().allMatch(Role::isForTenants)) {
            return refused(new IdentityRefusal.RoleNotForTenants());
        }
        var member = new MemberId(Uuid7.next());
        int added =
                call.sql()
                        .createUpdate(
                                """
                                insert into wms.member (
                                    member_id, subject, email, display_name, roles, state, added_at, version)
                                values (:member, :subject, :email, :display_name, :roles, 'ACTIVE', :at, 1)
                                    on conflict do nothing
                                """)
                        .bind("member", member)
                        .bind("subject", request.subject)
                        .bind("email", request.email)
                        .bind("display_name", request.displayName)
                        .bind(
                                "roles",
                                request.roles.stream().map(Role::name).toArray(String[]::new))
                        .bind("at", call.now())
                        .execute();
        return added == 1
                ? done(new Result(member, 1), Subject.of(member))
                : refused(new IdentityRefusal.AlreadyMember());
    }
}

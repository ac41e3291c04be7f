package com.fluxvantage.identity;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.MEMBERS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.tenancy.MemberId;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Lets a person go. The authorizer refuses them from now on; an answer that the gateway still has,
 * and a proof made from it, end within three minutes. Revoking twice changes nothing. The last
 * administrator stays, since nobody could bring one back.
 */
final class RevokeMember {
    static final Operation<Request, Result> OPERATION =
            Operation.post("revoke-member", "/members/{member_id}/revoke")
                    .summary("Takes a person's access to the tenant away.")
                    .requires(MEMBERS_MANAGE)
                    .refuses(NotFound.class)
                    .refuses(IdentityRefusal.LastAdministrator.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, RevokeMember::handle);

    record Request(MemberId memberId) {
        static final Request EXAMPLE = new Request(new MemberId(new UUID(0, 1)));
    }

    record Result(MemberId memberId, String state, long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var member = member(request.memberId, call);
        if (member.isEmpty()) {
            return missing("member", "memberId");
        }
        // All administrators are locked: two of them cannot let each other go at the same moment.
        var administrators = lockAdministrators(call);
        if (administrators.equals(List.of(request.memberId))) {
            return refused(new IdentityRefusal.LastAdministrator());
        }
        long version = revoke(request.memberId, call);
        return done(new Result(request.memberId, "REVOKED", version), Subject.of(request.memberId));
    }

    private static Optional<MemberId> member(MemberId member, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select member_id
                          from wms.member
                         where member_id = :member
                        """)
                .bind("member", member)
                .mapTo(MemberId.class)
                .findOne();
    }

    private static List<MemberId> lockAdministrators(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select member_id
                          from wms.member
                         where 'ADMINISTRATOR' = any (roles)
                           and state = 'ACTIVE'
                         order by member_id
                           for no key update
                        """)
                .mapTo(MemberId.class)
                .list();
    }

    private static long revoke(MemberId member, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.member
                           set state = 'REVOKED',
                               revoked_at = coalesce(revoked_at, :at),
                               version = case when state = 'REVOKED' then version else version + 1 end
                         where member_id = :member
                        returning version
                        """)
                .bind("member", member)
                .bind("at", call.now())
                .mapTo(Long.class)
                .one();
    }
}

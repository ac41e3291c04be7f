package com.fluxvantage.identity;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.MEMBERS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.tenancy.MemberId;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds who may do what: the members of the tenant, whoever was let go among them, the longest
 * there first. A role answers with everybody who has it, among others or alone.
 *
 * <p>Neither name nor address nor the subject that a person signs in with is among it. They are
 * data of a person, whose every reading is recorded, and a list would read those of everybody to
 * answer a question about roles; the subject moreover is what the identity provider knows the
 * person by elsewhere. The id is what the ledger and the audit trail know a member by, and enough
 * to let somebody go.
 */
final class SearchMembers {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-members", "/members")
                    .summary("Finds the members of the tenant and the roles they work in.")
                    .requires(MEMBERS_MANAGE)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, SearchMembers::handle);

    private static final UUID BEFORE_ALL = new UUID(0, 0);

    record Request(
            Optional<MemberState> state,
            Optional<Role> role,
            Optional<PageLimit> limit,
            Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        Optional.of(MemberState.ACTIVE),
                        Optional.of(Role.PICKER),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());
    }

    record Result(List<Member> items, Optional<Cursor> nextCursor) {}

    record Member(
            MemberId memberId,
            List<Role> roles,
            MemberState state,
            Instant addedAt,
            Optional<Instant> revokedAt,
            long version) {}

    private record Row(
            MemberId memberId,
            List<String> roles,
            MemberState state,
            Instant addedAt,
            Optional<Instant> revokedAt,
            long version) {
        Member member() {
            return new Member(
                    memberId,
                    roles.stream().map(Role::valueOf).sorted().toList(),
                    state,
                    addedAt,
                    revokedAt,
                    version);
        }
    }

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var members =
                page.of(
                                members(request, page, call),
                                row -> List.of(row.memberId.uuid().toString()))
                        .map(Row::member);
        return found(new Result(members.items(), members.nextCursor()));
    }

    // Along the primary key: ids are given in the order of time, and a tenant has members by the
    // hundred at most.
    private static List<Row> members(Request request, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select member_id, roles, state, added_at, revoked_at, version
                          from wms.member
                         where (cast(:state as text) is null or state = :state)
                           and (cast(:role as text) is null or :role = any (roles))
                           and member_id > :after
                         order by member_id
                         limit :fetch
                        """)
                .bind("state", request.state.map(MemberState::name))
                .bind("role", request.role.map(Role::name))
                .bind("after", UUID.fromString(page.after(0, BEFORE_ALL.toString())))
                .bind("fetch", page.fetch())
                .mapTo(Row.class)
                .list();
    }
}

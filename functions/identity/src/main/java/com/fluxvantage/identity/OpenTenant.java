package com.fluxvantage.identity;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Permission.PLATFORM_TENANTS;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.stock.OwnerId;
import com.fluxvantage.kernel.tenancy.MemberId;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.kernel.text.Name;

/**
 * Opens a tenant: the tenant itself, active at once; its house owner, to whom goods belong that
 * nobody else owns; and its first administrator. Only the platform's own people may, and they do it
 * from the platform's tenant, where this call is audited: nobody enters the new tenant to make it.
 */
final class OpenTenant {
    static final Operation<Request, Result> OPERATION =
            Operation.post("open-tenant", "/tenants")
                    .summary("Opens a tenant with its first administrator.")
                    .forOperators()
                    .requires(PLATFORM_TENANTS)
                    .creates()
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, OpenTenant::handle);

    record Request(Name name, Person administrator) {
        static final Request EXAMPLE = new Request(new Name("Northwind Traders"), Person.EXAMPLE);
    }

    record Result(TenantId tenantId, OwnerId houseOwnerId, MemberId administratorId) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var opened =
                new Result(
                        new TenantId(Uuid7.next()),
                        new OwnerId(Uuid7.next()),
                        new MemberId(Uuid7.next()));
        call.sql()
                .createQuery(
                        """
                        select fv.open_tenant(
                            :tenant, :name, :owner, :member, :subject, :email, :display_name, :at)
                        """)
                .bind("tenant", opened.tenantId)
                .bind("name", request.name)
                .bind("owner", opened.houseOwnerId)
                .bind("member", opened.administratorId)
                .bind("subject", request.administrator.subject())
                .bind("email", request.administrator.email())
                .bind("display_name", request.administrator.displayName())
                .bind("at", call.now())
                .mapToMap()
                .one();
        return done(opened, Subject.of(opened.tenantId));
    }
}

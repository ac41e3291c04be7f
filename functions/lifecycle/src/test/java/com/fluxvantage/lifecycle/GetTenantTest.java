package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class GetTenantTest {
    private final TestPlatform platform = TestPlatform.start();
    private final Client mine = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);

    @Test
    void a_tenant_is_active_from_the_start_and_has_no_end_in_sight() {
        var tenant = tenant(mine);

        assertThat(tenant.state()).isEqualTo(TenantState.ACTIVE);
        assertThat(tenant.tenantId()).isEqualTo(mine.tenant());
        assertThat(tenant.terminatesAt()).isEmpty();
        assertThat(tenant.deletionStartsAt()).isEmpty();
    }

    @Test
    void tells_the_state_of_this_tenant_and_of_no_other() throws SQLException {
        var theirs = platform.openTenant();
        jobs.change("update wms.tenant set state = 'suspended' where tenant_id = ?", theirs);

        assertThat(tenant(mine).state()).isEqualTo(TenantState.ACTIVE);
        assertThat(tenant(theirs).state()).isEqualTo(TenantState.SUSPENDED);
    }

    private static GetTenant.Result tenant(Client asked) {
        return asked.done(GetTenant.OPERATION, new GetTenant.Request());
    }
}

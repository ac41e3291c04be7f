package com.fluxvantage.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Permission;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.EnumSet;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RoleTest {
    @Test
    void an_administrator_may_do_everything_in_a_tenant_and_nothing_beyond() {
        var all = EnumSet.allOf(Permission.class);
        all.remove(Permission.PLATFORM_TENANTS);
        all.remove(Permission.PLATFORM_HOLDS);
        all.remove(Permission.PLATFORM_DEAD_LETTERS);

        assertThat(Role.ADMINISTRATOR.permissions()).isEqualTo(all);
    }

    @Test
    void only_the_operator_opens_tenants_and_replays_dead_letters_and_does_nothing_else() {
        assertThat(Role.OPERATOR.permissions())
                .containsExactlyInAnyOrder(
                        Permission.PLATFORM_TENANTS,
                        Permission.PLATFORM_HOLDS,
                        Permission.PLATFORM_DEAD_LETTERS);
        for (var role : Role.values()) {
            assertThat(role.isForTenants())
                    .isEqualTo(!role.permissions().contains(Permission.PLATFORM_TENANTS));
        }
    }

    @Test
    void people_on_the_floor_neither_adjust_stock_nor_manage_members() {
        for (var role : new Role[] {Role.RECEIVER, Role.PICKER, Role.PACKER, Role.INTEGRATION}) {
            assertThat(role.permissions())
                    .doesNotContain(Permission.STOCK_ADJUST, Permission.MEMBERS_MANAGE);
        }
    }
}

package com.fluxvantage.identity;

import static com.fluxvantage.kernel.operation.Permission.*;

import com.fluxvantage.kernel.operation.Permission;

import java.util.EnumSet;
import java.util.Set;

/**
 * What people are hired for, and what each may therefore do. A fixed list until tenants may define
 * roles of their own. {@link #OPERATOR} exists in the platform's own tenant only.
 */
enum Role {
    ADMINISTRATOR(
            EnumSet.complementOf(
                    EnumSet.of(PLATFORM_TENANTS, PLATFORM_HOLDS, PLATFORM_DEAD_LETTERS))),
    MANAGER(
            EnumSet.complementOf(
                    EnumSet.of(
                            PLATFORM_TENANTS,
                            PLATFORM_HOLDS,
                            PLATFORM_DEAD_LETTERS,
                            TENANT_MANAGE,
                            MEMBERS_MANAGE,
                            AUDIT_READ,
                            INTEGRATIONS_MANAGE))),
    RECEIVER(
            EnumSet.of(
                    CATALOG_READ,
                    LOCATIONS_READ,
                    INBOUND_READ,
                    INBOUND_RECEIVE,
                    INBOUND_PUTAWAY,
                    STOCK_READ,
                    STOCK_MOVE)),
    PICKER(EnumSet.of(CATALOG_READ, LOCATIONS_READ, STOCK_READ, ORDERS_READ, ORDERS_PICK)),
    PACKER(EnumSet.of(CATALOG_READ, STOCK_READ, ORDERS_READ, ORDERS_PACK, ORDERS_DISPATCH)),
    /** A shop system that sends orders, cancels them, and sends announcements. */
    INTEGRATION(
            EnumSet.of(
                    CATALOG_READ,
                    CATALOG_MANAGE,
                    STOCK_READ,
                    INBOUND_READ,
                    INBOUND_ANNOUNCE,
                    ORDERS_READ,
                    ORDERS_ACCEPT,
                    ORDERS_CANCEL)),
    OPERATOR(EnumSet.of(PLATFORM_TENANTS, PLATFORM_HOLDS, PLATFORM_DEAD_LETTERS));

    @SuppressWarnings("ImmutableEnumChecker") // a copy that cannot change
    private final Set<Permission> permissions;

    Role(Set<Permission> permissions) {
        this.permissions = Set.copyOf(permissions);
    }

    Set<Permission> permissions() {
        return permissions;
    }

    /** Whether a tenant's administrator may give it. */
    boolean isForTenants() {
        return this != OPERATOR;
    }
}

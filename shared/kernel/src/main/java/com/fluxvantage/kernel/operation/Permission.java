package com.fluxvantage.kernel.operation;

import java.util.Locale;

/**
 * What a role may do. An operation asks for exactly one; which roles have it is decided in {@code
 * identity}.
 */
public enum Permission {
    TENANT_MANAGE,
    MEMBERS_MANAGE,
    AUDIT_READ,
    INTEGRATIONS_MANAGE,
    CATALOG_READ,
    CATALOG_MANAGE,
    LOCATIONS_READ,
    LOCATIONS_MANAGE,
    INBOUND_READ,
    INBOUND_ANNOUNCE,
    INBOUND_RECEIVE,
    INBOUND_PUTAWAY,
    STOCK_READ,
    STOCK_MOVE,
    STOCK_ADJUST,
    ORDERS_READ,
    ORDERS_ACCEPT,
    ORDERS_CANCEL,
    ORDERS_ALLOCATE,
    ORDERS_PICK,
    ORDERS_PACK,
    ORDERS_DISPATCH,
    PLATFORM_TENANTS,
    PLATFORM_HOLDS,
    PLATFORM_DEAD_LETTERS;

    /** As it stands in tokens, documents and answers: {@code inbound:receive}. */
    public String publicName() {
        return name().toLowerCase(Locale.ROOT).replaceFirst("_", ":").replace('_', '-');
    }
}

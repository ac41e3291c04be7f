package com.fluxvantage.lifecycle;

/** What a legal hold keeps: all of a tenant, what is about one person, or some tables. */
enum HoldScope {
    TENANT,
    SUBJECT,
    TABLES
}

package com.fluxvantage.integrations;

/** Why an endpoint is told nothing any more. */
enum WebhookDisabledWhy {
    /** It answered 410: it does not want to be told. */
    GONE,
    /** For days it has taken nothing. */
    FAILING,
    /** An administrator said so. */
    TENANT
}

package com.fluxvantage.integrations;

/** What is wrong with a connection and is not over by itself soon. */
public enum ConnectionTrouble {
    /** It takes our credential no more, or the stored one does not open. */
    CREDENTIAL_REFUSED,
    /** It has given no answer to some ten calls in a row, half an hour and more. */
    NO_ANSWER,
    /** So much differed at night that it is told of no stock. */
    STOCK_STOPPED
}

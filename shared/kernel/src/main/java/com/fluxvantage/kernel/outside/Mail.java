package com.fluxvantage.kernel.outside;

/**
 * Sends letters. To send one twice sends two: whoever is killed after it has sent and before that
 * is stored sends once more, for a letter too many does less harm than one too few.
 */
public interface Mail {
    /**
     * Hands the letter to the service, which carries it from there.
     *
     * @throws Unreachable when the service does not answer now, or takes no more for the moment
     * @throws Undeliverable when the service will not send to this address
     */
    void send(Letter letter);
}

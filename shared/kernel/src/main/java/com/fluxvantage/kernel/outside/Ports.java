package com.fluxvantage.kernel.outside;

/**
 * Every way out that there is. Made once where the process starts; safe for use by many threads.
 */
public interface Ports {
    Signer signer();
}

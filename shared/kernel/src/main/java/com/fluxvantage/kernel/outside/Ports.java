package com.fluxvantage.kernel.outside;

/**
 * Every way out that there is. Made once where the process starts; safe for use by many threads.
 */
public interface Ports {
    Signer signer();

    Mail mail();

    Secrets secrets();

    Webhooks webhooks();

    Carriers carriers();

    Shops shops();

    Backups backups();

    /** The whole bucket, by whole keys; {@link Outside} shows a tenant its part of it. */
    ObjectStore objects(Bucket bucket);
}

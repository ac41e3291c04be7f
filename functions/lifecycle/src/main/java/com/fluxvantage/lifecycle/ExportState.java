package com.fluxvantage.lifecycle;

/**
 * How far an export is. It is requested, run and packaged by the platform, ready until it expires,
 * and purged the night after. One that cannot be finished has failed; one that its tenant no longer
 * wants is cancelled.
 */
enum ExportState {
    REQUESTED,
    RUNNING,
    PACKAGING,
    READY,
    EXPIRED,
    PURGED,
    FAILED,
    CANCELLED
}

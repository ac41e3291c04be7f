package com.fluxvantage.kernel.outside;

import java.time.Duration;

/**
 * Makes links under which one object is read for a while by whoever holds the link. Nothing is sent
 * for that: a link is computed from keys that the function has anyway.
 */
@FunctionalInterface
public interface Links {
    /**
     * S3 signs for a week at most; a link also ends with the session of the role that signed it.
     */
    Duration LONGEST = Duration.ofDays(7);

    /**
     * A link to the object, be it there or not.
     *
     * @param validity from a second to {@link #LONGEST}, in whole seconds
     */
    String link(String key, Duration validity);
}

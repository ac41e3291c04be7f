package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.operation.InvalidValue;

/** For how many days after its end a tenant may take its data away: at least what was promised. */
record WindowDays(int days) {
    /** Promised to every tenant. */
    static final WindowDays USUAL = new WindowDays(30);

    static final int MOST = 365;

    WindowDays {
        if (days < 30 || days > MOST) {
            throw new InvalidValue("out-of-range", "A window has from 30 to " + MOST + " days.");
        }
    }
}

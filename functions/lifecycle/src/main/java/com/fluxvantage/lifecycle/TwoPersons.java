package com.fluxvantage.lifecycle;

/** How far something has come that one person proposes and another one does. */
enum TwoPersons {
    /** It waits for a second person, for a week. */
    PROPOSED,
    DONE;

    static TwoPersons said(String answer) {
        return valueOf(answer);
    }
}

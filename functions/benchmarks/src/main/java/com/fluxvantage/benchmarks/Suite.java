package com.fluxvantage.benchmarks;

import java.sql.SQLException;

/** A few figures that are measured together. */
interface Suite {
    String name();

    /** Measures and reports; ends with an exception when a single call failed. */
    void measure(Site site, Form form, Report report) throws SQLException;
}

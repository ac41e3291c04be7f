package com.fluxvantage.catalog;

/** Which stock of an item leaves first. */
enum Rotation {
    /** What came in first. */
    FIFO,
    /** What expires first. */
    FEFO
}

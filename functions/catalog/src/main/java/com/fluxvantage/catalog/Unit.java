package com.fluxvantage.catalog;

/** The smallest unit of an item: every quantity of it is a whole number of these. */
enum Unit {
    EACH,
    GRAM,
    MILLILITRE,
    MILLIMETRE
}

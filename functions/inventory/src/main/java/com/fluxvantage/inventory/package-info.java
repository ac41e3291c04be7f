/**
 * What lies where. Anybody who looks for goods sees the buckets of a warehouse, and of each item
 * what is there, promised, free to promise and on its way, and whoever wonders why reads movement
 * by movement how it came about. A worker carries free goods from one place to another, and
 * corrects the count when it does not match what lies there, with the reason. Goods that are
 * promised to an order stay where its picker will look for them.
 */
@NullMarked
package com.fluxvantage.inventory;

import org.jspecify.annotations.NullMarked;

/**
 * The sample company FoodMart, read from its published data: what it sells, who buys it, what its
 * stores order.
 *
 * <p>A year, 1997, of a grocer with 1,560 products: 20,530 customers' orders and 385 replenishment
 * orders from warehouses to stores. People, addresses and telephone numbers in it are invented. The
 * data come as a dependency; nothing of them is kept in this project.
 */
@NullMarked
package com.fluxvantage.local.foodmart;

import org.jspecify.annotations.NullMarked;

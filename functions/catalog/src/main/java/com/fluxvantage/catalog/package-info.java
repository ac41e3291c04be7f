/**
 * What is kept and sold. An item is registered once, under the tenant's own SKU, with what the
 * floor has to know of it: the unit in which it is counted, whether it is kept by lot, in which
 * order its stock leaves, how long goods have to keep and how much more than announced may come in.
 * From then on everybody names it by SKU or by the GTIN that is printed on it.
 */
@NullMarked
package com.fluxvantage.catalog;

import org.jspecify.annotations.NullMarked;

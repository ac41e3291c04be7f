/** Counts of goods, always exact. */
@NullMarked
package com.fluxvantage.kernel.quantity;

import org.jspecify.annotations.NullMarked;

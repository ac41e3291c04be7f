/**
 * Goods go out. A shop's order is accepted as it is, whether or not the goods are there; allocation
 * promises it stock, oldest or first-expiring first, and says of what is short who holds it. A
 * picker walks the promised stock in the order of the aisles and confirms by scan what went into
 * the cart; the promise goes along to the stage. A packer puts picked goods into cartons, and when
 * everything that was promised is packed, the order is handed to a carrier. Until the first pick an
 * order may be cancelled.
 *
 * <p>The process with its diagram is in {@code docs/ARCHITECTURE.md}.
 */
@NullMarked
package com.fluxvantage.outbound;

import org.jspecify.annotations.NullMarked;

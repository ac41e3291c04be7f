/**
 * The audit trail as whoever verifies it sees it: what is hashed, how links hang together, and what
 * a file of it looks like. The database makes the chain and this verifies it; neither uses the
 * other's code, so a mistake in one is found by the other.
 */
@NullMarked
package com.fluxvantage.kernel.audit;

import org.jspecify.annotations.NullMarked;

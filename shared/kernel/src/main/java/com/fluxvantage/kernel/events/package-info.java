/** Facts that other parts of the platform may hear of. */
@NullMarked
package com.fluxvantage.kernel.events;

import org.jspecify.annotations.NullMarked;

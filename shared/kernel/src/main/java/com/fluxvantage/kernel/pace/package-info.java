/** How fast a system is called that a tenant has connected: the same for shops and carriers. */
@NullMarked
package com.fluxvantage.kernel.pace;

import org.jspecify.annotations.NullMarked;

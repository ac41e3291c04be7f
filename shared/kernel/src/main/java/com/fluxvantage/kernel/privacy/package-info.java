/** Personal data that does not print itself. */
@NullMarked
package com.fluxvantage.kernel.privacy;

import org.jspecify.annotations.NullMarked;

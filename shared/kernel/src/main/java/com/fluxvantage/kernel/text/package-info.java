/** The short texts of the warehouse, each a type with a limit. */
@NullMarked
package com.fluxvantage.kernel.text;

import org.jspecify.annotations.NullMarked;

/** Kernel types as PostgreSQL sees them. */
@NullMarked
package com.fluxvantage.kernel.sql;

import org.jspecify.annotations.NullMarked;

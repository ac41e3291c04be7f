/** Who is calling and for which tenant. */
@NullMarked
package com.fluxvantage.kernel.tenancy;

import org.jspecify.annotations.NullMarked;

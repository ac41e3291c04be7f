/** Stock as every domain sees it: buckets, legs, postings, reservations. */
@NullMarked
package com.fluxvantage.kernel.stock;

import org.jspecify.annotations.NullMarked;

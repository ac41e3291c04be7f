/**
 * How long data stays. Each night what has been kept long enough goes, by the rules of the data map
 * and by the tenant's own word on the addresses of its customers; what was done is written down,
 * and an administrator reads it, and sees beforehand what the next night will do.
 */
@NullMarked
package com.fluxvantage.privacy;

import org.jspecify.annotations.NullMarked;

/** Identifiers: a UUIDv7 in the database, a prefix and base32 on the wire. */
@NullMarked
package com.fluxvantage.kernel.id;

import org.jspecify.annotations.NullMarked;

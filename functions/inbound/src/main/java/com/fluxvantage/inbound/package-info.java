/**
 * Goods come in. A supplier's shipment is announced (ASN); when the truck stands at the dock a
 * receipt is opened against it, and each scan counts units in against the line they belong to, good
 * or damaged, with their lot. The goods stand at the dock until somebody carries them to a bin: the
 * system suggests one, the worker confirms where they really went. When everything is counted the
 * receipt is closed.
 *
 * <p>The process with its diagram is in {@code docs/ARCHITECTURE.md}.
 */
@NullMarked
package com.fluxvantage.inbound;

import org.jspecify.annotations.NullMarked;

/**
 * The shops that tenants connect, each kind called in its own language. What is sent are requests
 * of our own making; nothing of a shop's software is linked or shipped.
 */
@NullMarked
package com.fluxvantage.shops;

import org.jspecify.annotations.NullMarked;

/**
 * The way to strangers: an address that a tenant has named is called by whoever sits in our
 * network. So a name is looked up once, each of its addresses is judged, and exactly those are
 * called.
 */
@NullMarked
package com.fluxvantage.webhooks;

import org.jspecify.annotations.NullMarked;

/**
 * What stands between the cloud and an operation: the boundary that decodes a call, the transaction
 * that carries the tenant into the database, the authorizer, and nothing that knows a warehouse.
 */
@NullMarked
package com.fluxvantage.runtime;

import org.jspecify.annotations.NullMarked;

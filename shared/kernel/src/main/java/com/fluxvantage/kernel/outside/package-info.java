/**
 * The world beyond the transaction: ports to what signs, keeps and carries for the platform. Only
 * the middle part of an {@link com.fluxvantage.kernel.operation.Errand} is given them, and of them
 * only those that its descriptor names.
 */
@NullMarked
package com.fluxvantage.kernel.outside;

import org.jspecify.annotations.NullMarked;

/** What an operation is: its contract, what it may touch, what it answers. */
@NullMarked
package com.fluxvantage.kernel.operation;

import org.jspecify.annotations.NullMarked;

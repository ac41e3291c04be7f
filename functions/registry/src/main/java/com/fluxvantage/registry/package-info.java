/** All operations of all domains in one place, and the contract that is generated from them. */
@NullMarked
package com.fluxvantage.registry;

import org.jspecify.annotations.NullMarked;

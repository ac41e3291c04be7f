@NullMarked
package com.fluxvantage.local.own;

import org.jspecify.annotations.NullMarked;

@NullMarked
package com.fluxvantage.local.foodmart;

import org.jspecify.annotations.NullMarked;

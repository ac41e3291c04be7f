@NullMarked
package com.fluxvantage.shops;

import org.jspecify.annotations.NullMarked;

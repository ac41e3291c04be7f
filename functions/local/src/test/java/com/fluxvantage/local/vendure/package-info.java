@NullMarked
package com.fluxvantage.local.vendure;

import org.jspecify.annotations.NullMarked;

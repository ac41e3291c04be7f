@NullMarked
package com.fluxvantage.local;

import org.jspecify.annotations.NullMarked;

@NullMarked
package com.fluxvantage.dispatch;

import org.jspecify.annotations.NullMarked;

@NullMarked
package com.fluxvantage.local.serve;

import org.jspecify.annotations.NullMarked;

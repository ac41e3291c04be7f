@NullMarked
package com.fluxvantage.benchmarks;

import org.jspecify.annotations.NullMarked;

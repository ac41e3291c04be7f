@NullMarked
package com.fluxvantage.easypost;

import org.jspecify.annotations.NullMarked;

/** The ports to the outside as AWS has them. */
@NullMarked
package com.fluxvantage.aws;

import org.jspecify.annotations.NullMarked;

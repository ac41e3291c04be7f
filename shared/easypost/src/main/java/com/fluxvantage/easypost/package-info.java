/** Speaks to carriers through EasyPost, over its documented API, version 2. */
@NullMarked
package com.fluxvantage.easypost;

import org.jspecify.annotations.NullMarked;

/** What every domain speaks, in packages by subject; here only which release it is. */
@NullMarked
package com.fluxvantage.kernel;

import org.jspecify.annotations.NullMarked;

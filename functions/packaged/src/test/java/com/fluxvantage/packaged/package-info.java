/**
 * Every domain's zip under the real runtime client: what is in it, how it starts, what it answers
 * and what it writes down. The tests need the zips, which {@code mvn verify} makes before it comes
 * here; {@code mvn test} alone has none, and the tests are reported as skipped.
 */
@NullMarked
package com.fluxvantage.packaged;

import org.jspecify.annotations.NullMarked;

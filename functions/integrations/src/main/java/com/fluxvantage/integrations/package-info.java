/**
 * The outside systems that a tenant connects: where its orders come from, and who is told what
 * becomes of them.
 */
@NullMarked
package com.fluxvantage.integrations;

import org.jspecify.annotations.NullMarked;

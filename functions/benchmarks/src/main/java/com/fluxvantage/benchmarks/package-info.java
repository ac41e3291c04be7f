/**
 * How fast the product starts and runs, on one machine: {@link
 * com.fluxvantage.benchmarks.Benchmarks} is the program. Each figure is a ratio of two things that
 * were measured in turns in the same run, since this machine has neighbours and no other machine is
 * like it; so none is held against a time, and none is a test.
 */
@NullMarked
package com.fluxvantage.benchmarks;

import org.jspecify.annotations.NullMarked;

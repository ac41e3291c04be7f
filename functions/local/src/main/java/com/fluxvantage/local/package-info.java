/**
 * The warehouse on one machine: the program that plays a whole warehouse day, and what it stands
 * on.
 *
 * <p>{@code DayPlan} says what the day brings, from the sample company's orders; {@code
 * LocalPostgres} is the database; {@code Terminal} is what the person in front of the screen sees;
 * {@code Options} is what that person may ask for.
 */
@NullMarked
package com.fluxvantage.local;

import org.jspecify.annotations.NullMarked;

/**
 * A company's own day, read from two files of comma-separated values: what it sells and what was
 * ordered.
 *
 * <p>A row that cannot be used is left out and told by file, line, column and reason, never by its
 * text, which may be about a person; the rest goes on. Only where nobody can know any more where
 * the rows and columns are does the reading stop.
 */
@NullMarked
package com.fluxvantage.local.own;

import org.jspecify.annotations.NullMarked;

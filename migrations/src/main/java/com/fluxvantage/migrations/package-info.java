/**
 * The database as it has to be: forward-only migrations in SQL, applied by {@link
 * com.fluxvantage.migrations.Migrate}, and the check that stock and ledger agree, {@link
 * com.fluxvantage.migrations.StockCheck}. The SQL files are read from the class path; each says why
 * at its head. How to add a table stands in CONVENTIONS.md.
 */
@NullMarked
package com.fluxvantage.migrations;

import org.jspecify.annotations.NullMarked;

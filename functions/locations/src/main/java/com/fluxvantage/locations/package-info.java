/**
 * Where goods can be. A warehouse is opened with a dock, a staging area and the virtual places at
 * the far ends of the stock ledger; then bins are added along the walk of the pickers, each with
 * the code that is printed on its label. A location may be locked, and then nothing is put there or
 * picked.
 */
@NullMarked
package com.fluxvantage.locations;

import org.jspecify.annotations.NullMarked;

/**
 * The labels of cartons: what carriers take for a parcel, the label that is bought, and where the
 * parcel is. What is wanted is written down first; one job asks for it outside.
 */
@NullMarked
package com.fluxvantage.carriers;

import org.jspecify.annotations.NullMarked;

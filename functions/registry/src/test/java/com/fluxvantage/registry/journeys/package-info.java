/** The business told as stories, from the first announcement to the last parcel. */
@NullMarked
package com.fluxvantage.registry.journeys;

import org.jspecify.annotations.NullMarked;

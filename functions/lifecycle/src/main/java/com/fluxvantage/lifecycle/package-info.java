/**
 * How a tenant ends. Its administrators read where it stands and what happens to it when: until
 * when it may export, and from when on its data is deleted.
 */
@NullMarked
package com.fluxvantage.lifecycle;

import org.jspecify.annotations.NullMarked;

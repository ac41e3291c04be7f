/**
 * A real shop on this machine: Vendure's own server, from npm's registry, under its own licence
 * (GPL-3.0). It runs beside us as a program of its own; nothing of it is linked or shipped.
 */
@NullMarked
package com.fluxvantage.local.vendure;

import org.jspecify.annotations.NullMarked;

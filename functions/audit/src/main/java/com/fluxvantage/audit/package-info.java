/**
 * Who did what, and that nobody has changed the record of it since. An administrator searches the
 * trail and has it verified, here or with a file of it and a public key, without us. Jobs chain
 * what was committed, have the ends of the chains signed each hour, and take away whole segments
 * whose time is over. {@code docs/processes/audit.md} draws it.
 */
@NullMarked
package com.fluxvantage.audit;

import org.jspecify.annotations.NullMarked;

/**
 * The platform's own functions. The clock calls the scheduler, which puts ticks into the outbox;
 * the relay carries what is in the outbox into the queues of the operations. Neither sees what an
 * event says. They are no operations: nobody calls them, and they have a login of their own.
 */
@NullMarked
package com.fluxvantage.dispatch;

import org.jspecify.annotations.NullMarked;

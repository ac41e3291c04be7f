/**
 * The cloud, as one CDK application. A stack is a file. What is deployed comes from the operations'
 * descriptors: no operation is named here. Stacks depend one way:
 *
 * <pre>
 * keys ── events ── network ── data ── migration ── domains ── edge ── observability
 *                                      delivery ──────┘          └──── upkeep
 * </pre>
 *
 * <p>Keys, events and domains are the core; without network and database of its own it goes to an
 * emulator as it is. How to deploy stands in docs/deploy.md.
 */
@NullMarked
package com.fluxvantage.infra;

import org.jspecify.annotations.NullMarked;

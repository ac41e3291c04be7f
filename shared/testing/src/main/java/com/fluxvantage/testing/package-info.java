/**
 * What every domain's tests stand on: a real PostgreSQL with the real roles and policies, tenants
 * that are opened as the product opens them, and calls that go through the boundary as a client's
 * do. It knows no domain: operations are called by name, as found on the class path.
 */
@NullMarked
package com.fluxvantage.testing;

import org.jspecify.annotations.NullMarked;

/**
 * The edge of the platform in one process: what API Gateway, its authorizer and its cache do in the
 * cloud, in front of the same boundary classes. It listens on loopback only.
 */
@NullMarked
package com.fluxvantage.local.gateway;

import org.jspecify.annotations.NullMarked;

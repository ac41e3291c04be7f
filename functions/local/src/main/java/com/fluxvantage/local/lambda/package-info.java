/**
 * What runs a zip on this machine as the cloud would: {@link
 * com.fluxvantage.local.lambda.LambdaSandbox} plays the Runtime API to Lambda's own runtime client,
 * in a JVM with the managed runtime's class loaders.
 */
@NullMarked
package com.fluxvantage.local.lambda;

import org.jspecify.annotations.NullMarked;

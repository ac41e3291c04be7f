/**
 * The platform kept running for a person to try: a page that shows the contract and sends requests,
 * tokens for everybody who works in the two companies, and what is at hand to work on. None of it
 * is part of the product's API.
 */
@NullMarked
package com.fluxvantage.local.serve;

import org.jspecify.annotations.NullMarked;

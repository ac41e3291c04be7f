/**
 * What has to hold of the templates that CloudFormation gets. Each rule reads them as they are
 * written, and each is shown a template that breaks it.
 */
@NullMarked
package com.fluxvantage.templates;

import org.jspecify.annotations.NullMarked;

/**
 * Stored secrets by the AWS Encryption SDK under a key of KMS. It is large, so only what keeps
 * secrets has it in its zip.
 */
@NullMarked
package com.fluxvantage.secrets;

import org.jspecify.annotations.NullMarked;

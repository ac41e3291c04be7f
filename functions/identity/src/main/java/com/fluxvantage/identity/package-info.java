/**
 * Who works for whom. The platform's own people open a tenant with its first administrator; from
 * then on administrators add members, give them roles and take them away again. People sign in with
 * an identity provider, where they choose one tenant; the authorizer looks up whether they are a
 * member of it and what their roles allow, and says so to every function. It never says which rows
 * they see: the database decides that, from a proof that only the authorizer can make.
 */
@NullMarked
package com.fluxvantage.identity;

import org.jspecify.annotations.NullMarked;

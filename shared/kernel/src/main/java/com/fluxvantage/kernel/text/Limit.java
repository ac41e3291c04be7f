package com.fluxvantage.kernel.text;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How long a text may be, in characters, and what it has to look like. The contract shows both. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Limit {
    int longest();

    /** A regular expression for the whole text; empty: any printable text. */
    String pattern() default "";

    /** What a text that does not fit the pattern is told. */
    String says() default "";
}

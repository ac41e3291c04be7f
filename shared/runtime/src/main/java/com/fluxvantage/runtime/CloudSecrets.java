package com.fluxvantage.runtime;

import com.fluxvantage.kernel.outside.Secrets;

import java.util.ServiceLoader;
import java.util.function.UnaryOperator;

/**
 * Opens the port to stored secrets. What implements it is found by {@link ServiceLoader} and is
 * large, so only the zips whose operations seal or open have it.
 */
public interface CloudSecrets {
    /**
     * Opens it for this function.
     *
     * @param setting answers the value of a property that the function's environment has
     */
    Secrets open(UnaryOperator<String> setting);

    /** That of this process. */
    static Secrets of(UnaryOperator<String> setting) {
        return ServiceLoader.load(CloudSecrets.class)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("this zip cannot keep secrets"))
                .open(setting);
    }
}

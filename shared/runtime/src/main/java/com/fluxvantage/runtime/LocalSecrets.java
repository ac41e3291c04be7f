package com.fluxvantage.runtime;

import com.fluxvantage.kernel.outside.Secrets;

import java.nio.file.Path;
import java.util.ServiceLoader;

/**
 * Opens the port to stored secrets on this machine, by the code that the cloud uses and a key of
 * its own. It is found by {@link ServiceLoader}: whoever keeps no secrets needs no library for it.
 */
public interface LocalSecrets {
    /**
     * Opens it with the key that lies in the folder, or makes one there.
     *
     * @param folder which only the platform reads; it lives as long as what was sealed
     */
    Secrets open(Path folder);

    /** That of this process. */
    static Secrets in(Path folder) {
        return ServiceLoader.load(LocalSecrets.class, LocalSecrets.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nothing here can keep secrets"))
                .open(folder);
    }
}

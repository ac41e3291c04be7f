package com.fluxvantage.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/** Which release of the code this is. */
public final class Release {
    /** As the build wrote it down. */
    public static final String VERSION = version();

    private Release() {}

    private static String version() {
        try (var file = Release.class.getResourceAsStream("release.properties")) {
            var properties = new Properties();
            properties.load(Objects.requireNonNull(file, "written down beside this class"));
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException("the release cannot be read", e);
        }
    }
}

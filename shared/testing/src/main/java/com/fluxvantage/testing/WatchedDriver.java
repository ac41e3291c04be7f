package com.fluxvantage.testing;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;

/** Opens what PostgreSQL's driver opens, under a watch: {@code jdbc:watched:postgresql:...}. */
final class WatchedDriver implements Driver {
    private static final String PLAIN = "jdbc:";
    private static final String WATCHED = "jdbc:watched:";

    private final Watch watch;

    WatchedDriver(Watch watch) {
        this.watch = watch;
    }

    static String watched(String url) {
        return WATCHED + url.substring(PLAIN.length());
    }

    @Override
    public @Nullable Connection connect(String url, Properties info) throws SQLException {
        return acceptsURL(url)
                ? watch.over(
                        DriverManager.getConnection(PLAIN + url.substring(WATCHED.length()), info))
                : null;
    }

    @Override
    public boolean acceptsURL(String url) {
        return url.startsWith(WATCHED);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return 1;
    }

    @Override
    public int getMinorVersion() {
        return 0;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }
}

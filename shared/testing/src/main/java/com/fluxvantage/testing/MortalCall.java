package com.fluxvantage.testing;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fluxvantage.runtime.DatabaseSettings;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.runtime.Sandboxes;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.regex.Pattern;

/** A process of its own that serves one call, and that stops at one moment to be killed. */
final class MortalCall {
    private MortalCall() {}

    /**
     * URL, folder, moment, which time, where shops and carriers are called, the time of the
     * business, operation, event.
     */
    public static void main(String[] arguments) throws SQLException {
        var watch =
                new Watch(
                        Pattern.compile(arguments[2]), Integer.parseInt(arguments[3]), System.out);
        DriverManager.registerDriver(new WatchedDriver(watch));
        var database =
                new DatabaseSettings(
                        WatchedDriver.watched(arguments[0]), DatabaseSettings.Login.TRUSTED);
        var event =
                (APIGatewayProxyRequestEvent)
                        PortBytes.value(Base64.getDecoder().decode(arguments[7]));
        try (var sandboxes =
                new Sandboxes(
                        database,
                        TestPlatform.SECRET,
                        Clock.fixed(Instant.parse(arguments[5]), ZoneOffset.UTC),
                        1)) {
            var _ = sandboxes.invoke(OperationCatalog.load().named(arguments[6]), event);
        }
        System.exit(0);
    }
}

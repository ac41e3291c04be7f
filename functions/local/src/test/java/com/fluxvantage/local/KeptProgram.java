package com.fluxvantage.local;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * A program of its own for the tests to kill: keeps a database, commits one row, then waits until
 * its input ends.
 */
final class KeptProgram {
    static final String READY = "ready";

    private KeptProgram() {}

    static void main(String[] arguments) throws SQLException, IOException {
        var build = Path.of(arguments[1]);
        try (var postgres =
                arguments[0].equals("throw-away")
                        ? LocalPostgres.throwAway(build)
                        : LocalPostgres.kept(Path.of(arguments[0]), build)) {
            try (var connection = postgres.dataSource("postgres", "postgres").getConnection();
                    var statement = connection.createStatement()) {
                statement.execute("create table if not exists note (words text)");
                statement.execute("insert into note (words) values ('kept')");
            }
            System.out.println(READY);
            while (System.in.read() >= 0) {
                // Until the test closes the pipe or kills this program.
            }
        }
    }
}

package com.fluxvantage.runtime;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Sends the entrance in the same message as the transaction's first statement, so that entering the
 * tenant costs no round trip of its own. Whom the database did not admit is refused here.
 */
final class EnterFirst implements StatementCustomizer {
    private final Entrance entrance;
    private boolean entered;
    private boolean entering;

    private EnterFirst(Entrance entrance) {
        this.entrance = entrance;
    }

    static void on(Handle handle, Entrance entrance) {
        var enter = new EnterFirst(entrance);
        var statements = handle.getConfig(SqlStatements.class);
        statements.addCustomizer(enter);
        statements.setTemplateEngine((sql, _) -> enter.entering ? entrance.sql() + sql : sql);
    }

    @Override
    public void beforeTemplating(PreparedStatement statement, StatementContext context) {
        entering = !entered;
        if (entering) {
            entrance.bind(context.getBinding());
        }
    }

    @Override
    public void afterExecution(PreparedStatement statement, StatementContext context)
            throws SQLException {
        if (!entering) {
            return;
        }
        entering = false;
        try (var row = statement.getResultSet()) {
            if (!row.next() || !entrance.isAdmitted(row)) {
                throw new ProblemFound(Problem.of(BoundaryProblem.UNAUTHENTICATED));
            }
        }
        entered = true;
        statement.getMoreResults();
    }
}

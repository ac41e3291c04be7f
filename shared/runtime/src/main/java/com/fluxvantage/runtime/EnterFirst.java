package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Work;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Sends the caller's proof in the same message as the transaction's first statement, so that
 * entering the tenant costs no round trip of its own. What {@code fv.enter} answers has to be what
 * the gateway said: a live proof paired with another tenant, actor or other permissions is refused
 * here.
 */
final class EnterFirst implements StatementCustomizer {
    private static final String ENTER =
            "select tenant, actor, permissions from fv.enter(:fv_proof, :fv_work); ";

    private final CallerContext caller;
    private final Work work;
    private boolean entered;
    private boolean entering;

    private EnterFirst(CallerContext caller, Work work) {
        this.caller = caller;
        this.work = work;
    }

    static void on(Handle handle, CallerContext caller, Work work) {
        var enter = new EnterFirst(caller, work);
        var statements = handle.getConfig(SqlStatements.class);
        statements.addCustomizer(enter);
        statements.setTemplateEngine((sql, _) -> enter.entering ? ENTER + sql : sql);
    }

    @Override
    public void beforeTemplating(PreparedStatement statement, StatementContext context) {
        entering = !entered;
        if (entering) {
            context.getBinding().addNamed("fv_proof", caller.proof());
            context.getBinding().addNamed("fv_work", work.databaseName());
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
            boolean isCaller =
                    row.next()
                            && caller.tenant().uuid().toString().equals(row.getString("tenant"))
                            && caller.actor().reference().equals(row.getString("actor"))
                            && caller.permissionDigest().equals(row.getString("permissions"));
            if (!isCaller) {
                throw new ProblemFound(Problem.of(BoundaryProblem.UNAUTHENTICATED));
            }
        }
        entered = true;
        statement.getMoreResults();
    }
}

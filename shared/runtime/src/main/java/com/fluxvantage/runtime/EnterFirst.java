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

    // Two columns say what was bound, so that the same comparison is made.
    private static final String PRIME =
            "select fv.prime() as tenant, cast(:fv_proof as text) as actor,"
                    + " cast(:fv_work as text) as permissions; ";

    private final CallerContext caller;
    private final String first;
    private final String proof;
    private final String work;
    private boolean entered;
    private boolean entering;

    private EnterFirst(CallerContext caller, String first, String proof, String work) {
        this.caller = caller;
        this.first = first;
        this.proof = proof;
        this.work = work;
    }

    static void on(Handle handle, CallerContext caller, Work work) {
        new EnterFirst(caller, ENTER, caller.proof(), work.databaseName()).customize(handle);
    }

    /** Enters the tenant that holds nothing, which needs no proof. The caller rolls back. */
    static void priming(Handle handle, CallerContext nobody) {
        new EnterFirst(nobody, PRIME, nobody.actor().reference(), nobody.permissionDigest())
                .customize(handle);
    }

    private void customize(Handle handle) {
        var statements = handle.getConfig(SqlStatements.class);
        statements.addCustomizer(this);
        statements.setTemplateEngine((sql, _) -> entering ? first + sql : sql);
    }

    @Override
    public void beforeTemplating(PreparedStatement statement, StatementContext context) {
        entering = !entered;
        if (entering) {
            context.getBinding().addNamed("fv_proof", proof);
            context.getBinding().addNamed("fv_work", work);
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

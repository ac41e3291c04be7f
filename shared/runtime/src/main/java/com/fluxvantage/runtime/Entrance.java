package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Work;
import com.fluxvantage.kernel.tenancy.TenantId;

import org.jdbi.v3.core.statement.Binding;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * How a transaction comes to have a tenant: a caller presents the authorizer's proof, a job its
 * name. Either way the database decides, and what it answers has to be what was asked for.
 */
sealed interface Entrance {
    /** Stands before the transaction's first statement. */
    String sql();

    void bind(Binding binding);

    boolean isAdmitted(ResultSet row) throws SQLException;

    /** A live proof that is paired with another tenant, actor or other permissions is refused. */
    record Proven(CallerContext caller, Work work) implements Entrance {
        @Override
        public String sql() {
            return "select tenant, actor, permissions from fv.enter(:fv_proof, :fv_work); ";
        }

        @Override
        public void bind(Binding binding) {
            binding.addNamed("fv_proof", caller.proof());
            binding.addNamed("fv_work", work.databaseName());
        }

        @Override
        public boolean isAdmitted(ResultSet row) throws SQLException {
            return caller.tenant().uuid().toString().equals(row.getString("tenant"))
                    && caller.actor().reference().equals(row.getString("actor"))
                    && caller.permissionDigest().equals(row.getString("permissions"));
        }
    }

    record Delegated(String job, TenantId tenant) implements Entrance {
        @Override
        public String sql() {
            return "select tenant from fv.delegate_job(:fv_job, :fv_tenant); ";
        }

        @Override
        public void bind(Binding binding) {
            binding.addNamed("fv_job", job);
            binding.addNamed("fv_tenant", tenant.uuid());
        }

        @Override
        public boolean isAdmitted(ResultSet row) throws SQLException {
            return tenant.uuid().toString().equals(row.getString("tenant"));
        }
    }

    /** Into the tenant that holds nothing, before a snapshot is taken; the caller rolls back. */
    record Rehearsed(TenantId nobodys) implements Entrance {
        @Override
        public String sql() {
            return "select fv.prime() as tenant; ";
        }

        @Override
        public void bind(Binding binding) {
            // Nothing has to be proved.
        }

        @Override
        public boolean isAdmitted(ResultSet row) throws SQLException {
            return nobodys.uuid().toString().equals(row.getString("tenant"));
        }
    }
}

package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;

import java.util.List;

/** The operations of a tenant's life. */
public final class LifecycleOperations implements OperationList {
    @Override
    public List<Operation<?, ?>> operations() {
        return List.of(
                GetTenant.OPERATION,
                DeleteTenants.OPERATION,
                VerifyDeletions.OPERATION,
                CertifyDeletions.OPERATION,
                CertifyBackups.OPERATION,
                KeepCertificates.OPERATION,
                GetDeletion.OPERATION,
                GetDeletionCertificate.OPERATION,
                SearchDeletions.OPERATION,
                PauseDeletions.OPERATION,
                ResumeDeletions.OPERATION,
                StopDeletion.OPERATION,
                CheckDeletions.OPERATION,
                RequestExport.OPERATION,
                GetExport.OPERATION,
                SearchExports.OPERATION,
                CancelExport.OPERATION,
                SearchExportFiles.OPERATION,
                MintDownload.OPERATION,
                RunExport.OPERATION,
                TendExports.OPERATION,
                PurgeExports.OPERATION,
                TerminateTenant.OPERATION,
                ReactivateTenant.OPERATION,
                WaiveExport.OPERATION,
                DeleteTenantNow.OPERATION,
                CancelDeletion.OPERATION,
                LengthenWindow.OPERATION,
                SuspendTenant.OPERATION,
                LiftSuspension.OPERATION,
                PlaceLegalHold.OPERATION,
                ApproveLegalHold.OPERATION,
                DiscardLegalHold.OPERATION,
                LiftLegalHold.OPERATION,
                SearchHolds.OPERATION,
                SearchOwnHolds.OPERATION,
                RemindTenant.OPERATION,
                AdvanceTenants.OPERATION,
                CheckWindows.OPERATION,
                CheckHolds.OPERATION);
    }
}

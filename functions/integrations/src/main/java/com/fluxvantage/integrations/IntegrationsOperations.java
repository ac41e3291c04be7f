package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;

import java.util.List;

/** The operations that connect a tenant with others. */
public final class IntegrationsOperations implements OperationList {
    @Override
    public List<Operation<?, ?>> operations() {
        return List.of(
                ConnectChannel.OPERATION,
                ConnectShop.OPERATION,
                ReplaceShopCredential.OPERATION,
                SearchConnections.OPERATION,
                GetConnection.OPERATION,
                PauseConnection.OPERATION,
                ResumeConnection.OPERATION,
                DisconnectChannel.OPERATION,
                SearchHeldDeliveries.OPERATION,
                RetryHeldDelivery.OPERATION,
                DropHeldDelivery.OPERATION,
                FindHeldRecipient.OPERATION,
                SearchShopCancellations.OPERATION,
                CloseShopCancellation.OPERATION,
                TestConnection.OPERATION,
                CheckConnection.OPERATION,
                MapShopSku.OPERATION,
                UnmapShopSku.OPERATION,
                SearchShopSkus.OPERATION,
                SetStockBuffer.OPERATION,
                SetDriftLimit.OPERATION,
                PushStock.OPERATION,
                ReconcileChannel.OPERATION,
                GetDriftReport.OPERATION,
                AcceptDrift.OPERATION,
                RotateSecrets.OPERATION,
                AddWebhookEndpoint.OPERATION,
                SearchWebhookEndpoints.OPERATION,
                ReviseWebhookEndpoint.OPERATION,
                RemoveWebhookEndpoint.OPERATION,
                RotateWebhookSecret.OPERATION,
                SearchWebhookDeliveries.OPERATION,
                ReplayWebhookDeliveries.OPERATION,
                QueueWebhooks.OPERATION,
                DeliverWebhooks.OPERATION,
                ReportDisabledEndpoint.OPERATION,
                ReportConnectionTrouble.OPERATION,
                ReceiveChannelDelivery.OPERATION,
                TendChannelDeliveries.OPERATION,
                PullOrders.OPERATION,
                QueueShopReports.OPERATION,
                ReportShipments.OPERATION,
                SearchFailedReports.OPERATION,
                RetryFailedReport.OPERATION);
    }
}

package com.fluxvantage.privacy;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;

import java.util.Map;

/** A warehouse whose orders go to people. */
record GivenOrders(Client tenant, GivenWarehouse warehouse) {
    static GivenOrders of(Client tenant) {
        var warehouse = GivenWarehouse.of(tenant);
        warehouse.item("TEA");
        return new GivenOrders(tenant, warehouse);
    }

    /** An order that is cancelled at once: from then on its recipient is kept for so many days. */
    String cancelled(String reference) {
        String order = open(reference);
        var answer =
                tenant.post(
                        "cancel-order",
                        Map.of("order_id", order),
                        """
                        {"reason": "DUPLICATE"}
                        """);
        if (answer.status() != 200) {
            throw new AssertionError(answer.toString());
        }
        return order;
    }

    String open(String reference) {
        var answer =
                tenant.post(
                        "accept-order",
                        Map.of(),
                        """
                        {"warehouse_id": "%s", "reference": "%s", "lines": [{"sku": "TEA", "quantity": 1}],
                         "recipient": {"name": "Zoe Quill", "company": "Quill & Co", "street": "7 Nib Lane",
                                       "city": "Inkwell", "region": "Bay", "postcode": "90210", "country": "US",
                                       "phone": "+1 555 0100", "email": "zoe@quill.example"}}
                        """
                                .formatted(warehouse.warehouseId(), reference));
        if (answer.status() != 201) {
            throw new AssertionError(answer.toString());
        }
        return answer.text("order_id");
    }
}

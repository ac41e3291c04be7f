package com.fluxvantage.local.foodmart;

/** One line of an order: so many units of one SKU. An order may name a SKU on two lines. */
public record OrderLine(String sku, long quantity) {
    public OrderLine {
        if (quantity <= 0) {
            throw new IllegalArgumentException("an order line asks for at least one unit");
        }
    }
}

package com.fluxvantage.kernel.outside;

import com.fluxvantage.kernel.text.Sku;

import java.util.List;

/**
 * What has left of a shop's order. Its carrier and tracking number are how the shop knows whether
 * it has heard of it: the same two are the same shipment.
 */
public record ShopShipment(ShopKey order, String carrier, String tracking, List<Line> lines) {
    public ShopShipment {
        lines = List.copyOf(lines);
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("a shipment has something in it");
        }
    }

    public record Line(Sku sku, long quantity) {}
}

package com.fluxvantage.kernel.text;

import com.fluxvantage.kernel.operation.InvalidValue;

import java.util.Optional;

/**
 * An item as a scan names it: by the tenant's own name for it or by the barcode on the goods, and
 * by one of the two only, since two could name two items.
 */
public record ItemScan(Optional<Sku> sku, Optional<Gtin> gtin) {
    public ItemScan {
        check(sku, gtin);
    }

    /** Called by the compact constructor of a request that has the two fields. */
    public static void check(Optional<Sku> sku, Optional<Gtin> gtin) {
        if (sku.isEmpty() && gtin.isEmpty()) {
            throw new InvalidValue("sku", "required", "A scan names its item: by SKU or by GTIN.");
        }
        if (sku.isPresent() && gtin.isPresent()) {
            throw new InvalidValue(
                    "gtin", "one-too-many", "A scan names its item once: by SKU or by GTIN.");
        }
    }

    public static ItemScan of(Sku sku) {
        return new ItemScan(Optional.of(sku), Optional.empty());
    }

    public static ItemScan of(Gtin gtin) {
        return new ItemScan(Optional.empty(), Optional.of(gtin));
    }

    /** Whether the item that has these is the one that was scanned; each is unique in a tenant. */
    public boolean names(Sku itsSku, Optional<Gtin> itsGtin) {
        return sku.isPresent() ? sku.get().equals(itsSku) : gtin.equals(itsGtin);
    }

    /** The field of the request that named the item, for an answer that points at it. */
    public String field() {
        return sku.isPresent() ? "sku" : "gtin";
    }
}

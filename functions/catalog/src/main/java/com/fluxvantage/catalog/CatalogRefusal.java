package com.fluxvantage.catalog;

import static com.fluxvantage.kernel.operation.Refusal.Kind.CONFLICT;

import com.fluxvantage.kernel.operation.Refusal;

/** Why an item does not get into the catalogue. */
sealed interface CatalogRefusal extends Refusal {
    @Is(value = CONFLICT, title = "The SKU is taken.")
    record SkuTaken() implements CatalogRefusal {
        @Override
        public String detail() {
            return "There is another item with this SKU.";
        }
    }

    @Is(value = CONFLICT, title = "The GTIN is taken.")
    record GtinTaken() implements CatalogRefusal {
        @Override
        public String detail() {
            return "There is another item with this GTIN. A scanner could not tell the two apart.";
        }
    }
}

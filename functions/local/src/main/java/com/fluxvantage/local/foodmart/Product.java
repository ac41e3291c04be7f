package com.fluxvantage.local.foodmart;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A product of the catalogue. The source states no units: its weights are read as pounds and its
 * sides as inches, and become whole grams and millimetres, half rounded up.
 */
public record Product(
        String sku,
        String brand,
        String description,
        long grossGrams,
        long netGrams,
        long widthMillimetres,
        long heightMillimetres,
        long depthMillimetres,
        long unitsPerCase,
        long casesPerPallet) {

    private static final BigDecimal GRAMS_PER_POUND = new BigDecimal("453.59237");
    private static final BigDecimal MILLIMETRES_PER_INCH = new BigDecimal("25.4");

    static Product read(Row row) {
        var brand = row.text("brand_name");
        var name = row.text("product_name");
        return new Product(
                row.text("SKU"),
                brand,
                name.startsWith(brand + " ") ? name : brand + " " + name,
                whole(row.decimal("gross_weight"), GRAMS_PER_POUND),
                whole(row.decimal("net_weight"), GRAMS_PER_POUND),
                whole(row.decimal("shelf_width"), MILLIMETRES_PER_INCH),
                whole(row.decimal("shelf_height"), MILLIMETRES_PER_INCH),
                whole(row.decimal("shelf_depth"), MILLIMETRES_PER_INCH),
                row.whole("units_per_case"),
                row.whole("cases_per_pallet"));
    }

    private static long whole(BigDecimal amount, BigDecimal unit) {
        return amount.multiply(unit).setScale(0, RoundingMode.HALF_UP).longValueExact();
    }
}

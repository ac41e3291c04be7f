package com.fluxvantage.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.sql.KernelTypes;
import com.fluxvantage.kernel.text.Sku;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.UUID;

@DisplayNameGeneration(ReplaceUnderscores.class)
class KernelTypesTest {
    private record Shelf(Sku sku, Quantity onHand) {}

    private record Values(
            Sku sku, Quantity quantity, PersonalData person, Instant at, UUID id, long most) {}

    private final Handle handle =
            Jdbi.create(TestDatabase.create().url(), "postgres", "")
                    .installPlugin(new KernelTypes())
                    .open();

    @AfterEach
    void close() {
        handle.close();
    }

    @Test
    void columns_are_found_by_name_in_whatever_order_a_query_has_them() {
        var expected = new Shelf(new Sku("A-1"), new Quantity(7));

        assertThat(one("select 'A-1' as sku, 7::bigint as on_hand")).isEqualTo(expected);
        assertThat(one("select 7::bigint as on_hand, 'A-1' as sku")).isEqualTo(expected);
        assertThat(one("select 1 as x, 7::bigint as on_hand, 2 as y, 'A-1' as sku"))
                .isEqualTo(expected);
        assertThat(one("select 'A-1' as sku, 7::bigint as on_hand")).isEqualTo(expected);
    }

    @Test
    void a_value_that_goes_in_comes_back_as_it_was() {
        var values =
                new Values(
                        new Sku("A-1"),
                        new Quantity(12),
                        new PersonalData("Ada"),
                        Instant.parse("2026-03-01T10:00:00.123456Z"),
                        new UUID(1, 2),
                        20);

        var back =
                handle.createQuery(
                                """
                                select :sku as sku, :quantity as quantity, :person as person, :at as at,
                                       (:ids)[2] as id, :most::bigint as most
                                """)
                        .bind("sku", values.sku())
                        .bind("quantity", values.quantity())
                        .bind("person", values.person())
                        .bind("at", values.at())
                        .bind("ids", new UUID[] {new UUID(0, 0), values.id()})
                        .bind("most", new PageLimit(20))
                        .mapTo(Values.class)
                        .one();

        assertThat(back).isEqualTo(values);
    }

    private Shelf one(String sql) {
        return handle.createQuery(sql).mapTo(Shelf.class).one();
    }
}

package com.fluxvantage.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.packaged.NeedsZips;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The main job with every function out of its zip. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@NeedsZips
final class PackagedDayTest {
    private static final String STOCK =
            """
            select tenant.name || ' ' || item.sku || ' ' || location.code || ' '
                   || coalesce(lot.code, 'no lot') || ' ' || bucket.status || ' '
                   || case when bucket.lpn_id is null then 'loose' else 'packed' end || ': '
                   || bucket.on_hand || ' on hand, ' || bucket.reserved || ' reserved'
              from wms.bucket
              join wms.tenant on tenant.tenant_id = bucket.tenant_id
              join wms.item on item.tenant_id = bucket.tenant_id and item.item_id = bucket.item_id
              join wms.location on location.tenant_id = bucket.tenant_id
                               and location.location_id = bucket.location_id
              left join wms.lot on lot.tenant_id = bucket.tenant_id and lot.lot_id = bucket.lot_id
            """;

    @Test
    void leaves_the_same_in_every_bucket_as_the_day_in_one_process(
            @TempDir Path one, @TempDir Path many) throws SQLException {
        String plain = play("--orders", "3", "--data", one.toString());

        String packaged = play("--packaged", "--orders", "3", "--data", many.toString());

        assertThat(plain).contains("none lost, none invented");
        assertThat(packaged).contains("none lost, none invented", "The stock is sound");
        assertThat(stock(many)).hasSizeGreaterThan(20).isEqualTo(stock(one));
    }

    private static String play(String... options) {
        var screen = new ByteArrayOutputStream();
        var terminal =
                new Terminal(
                        new PrintStream(screen, true, StandardCharsets.UTF_8), false, false, 80);
        int exit = WarehouseDay.run(terminal, options);
        String said = screen.toString(StandardCharsets.UTF_8);
        assertThat(exit).as(said).isZero();
        return said;
    }

    private static List<String> stock(Path data) throws SQLException {
        try (var postgres = LocalPostgres.kept(data, Path.of("target"));
                var connection = LocalPlatform.owner(postgres);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(STOCK)) {
            var stock = new ArrayList<String>();
            while (rows.next()) {
                stock.add(rows.getString(1));
            }
            stock.sort(null);
            return stock;
        }
    }
}

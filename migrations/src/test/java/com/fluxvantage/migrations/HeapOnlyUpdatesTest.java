package com.fluxvantage.migrations;

import static com.fluxvantage.migrations.Stock.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.migrations.Stock.Promise;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** An index on a column that changes with the stock would make every movement write every index. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class HeapOnlyUpdatesTest {
    private static final int ROUNDS = 100;

    private Database database = Database.entered();
    private House house = House.openedIn(database);
    private Stock stock = new Stock(database, house);

    @BeforeEach
    void nothing_tidies_up_meanwhile() {
        database.run("alter table wms.bucket set (autovacuum_enabled = false)");
    }

    @Test
    void changing_stock_writes_no_index_of_the_bucket() {
        var bin = stock.receive(house.binA(), 1_000);
        long updatesBefore = statistic("n_tup_upd");
        long heapOnlyBefore = statistic("n_tup_hot_upd");

        for (int round = 0; round < ROUNDS; round++) {
            var promise = Promise.of(bin, house.orderLine(), 1);
            stock.reserve(promise);
            stock.release(promise.reservation());
            stock.post("ADJUST", "ADJUST", Stock.hoursLater(round), bucket(bin, -1));
        }

        assertThat(statistic("n_tup_upd") - updatesBefore).isEqualTo(3L * ROUNDS);
        assertThat(statistic("n_tup_hot_upd") - heapOnlyBefore).isEqualTo(3L * ROUNDS);
    }

    @Test
    void even_an_empty_bucket_that_takes_a_new_age_writes_none() {
        var bin = stock.receive(house.binA(), 1);
        long heapOnlyBefore = statistic("n_tup_hot_upd");

        for (int round = 1; round <= 10; round++) {
            stock.post("ADJUST", "ADJUST", Stock.hoursLater(round), bucket(bin, -1));
            stock.post("ADJUST", "ADJUST", Stock.hoursLater(round), bucket(bin, 1));
        }

        assertThat(statistic("n_tup_hot_upd") - heapOnlyBefore).isEqualTo(20);
    }

    /** The connection that did the work reports what it did when its next transaction ends. */
    private long statistic(String name) {
        try (var worked = Session.shared(database, "fv_api", house.tenant())) {
            worked.rows("select pg_stat_force_next_flush()");
        }
        try (var superuser = Session.of(database, "postgres")) {
            return superuser.number(
                    "select "
                            + name
                            + " from pg_stat_user_tables where relid = 'wms.bucket'::regclass");
        }
    }
}

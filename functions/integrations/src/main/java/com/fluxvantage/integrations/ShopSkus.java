package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.text.Sku;

import java.util.Optional;

/** Under which SKUs a shop is told of an item, and that what it was told counts no more. */
final class ShopSkus {
    private ShopSkus() {}

    static Optional<ItemId> item(Sku sku, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select item_id
                          from wms.item
                         where sku = :sku
                        """)
                .bind("sku", sku)
                .mapTo(ItemId.class)
                .findOne();
    }

    /** The shop is told of stock, if it is one that is called. */
    static void open(ConnectionId connection, Call call) {
        call.sql()
                .createUpdate(
                        """
                        insert into wms.stock_channel (connection_id)
                        select connection_id
                          from wms.shop_connection
                         where connection_id = :connection
                            on conflict do nothing
                        """)
                .bind("connection", connection)
                .execute();
    }

    /** Under this SKU the item is told as well, if the shop is one that is called. */
    static void tell(ConnectionId connection, ItemId item, Sku shopSku, Call call) {
        open(connection, call);
        call.sql()
                .createUpdate(
                        """
                        insert into wms.channel_stock (connection_id, item_id, shop_sku, dirty_at)
                        select connection_id, :item, :sku, clock_timestamp()
                          from wms.stock_channel
                         where connection_id = :connection
                            on conflict do nothing
                        """)
                .bind("connection", connection)
                .bind("item", item)
                .bind("sku", shopSku)
                .execute();
    }

    /**
     * The SKU means another item from now on: what the shop shows of it is not known any more, and
     * it is told again whichever item is meant.
     */
    static void forget(ConnectionId connection, Sku shopSku, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.channel_stock as stock
                           set dirty_at = clock_timestamp(),
                               sent = null,
                               problem = null,
                               drift_for = null,
                               drift_shown = null,
                               drift_ours = null
                         where stock.connection_id = :connection
                           and (stock.item_id, stock.shop_sku) in (
                                   select own.item_id, ''
                                     from wms.item as own
                                    where own.sku = :sku
                                    union all
                                   select mapped.item_id, mapped.shop_sku
                                     from wms.shop_sku as mapped
                                    where mapped.connection_id = :connection
                                      and mapped.shop_sku = :sku
                                      and mapped.item_id is not null)
                        """)
                .bind("connection", connection)
                .bind("sku", shopSku)
                .execute();
    }
}

package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.outside.ShopOrder;

import java.util.Optional;

/**
 * A shop's order in the words of our own schema, as if the shop had sent it so. What is not fit for
 * an order stands there too, as far as a person needs it to see what is wrong.
 */
final class ShopOrderBody {
    /** Nothing can be made of a longer text, and a thousand of them are kept. */
    private static final int LONGEST_TEXT = 250;

    private static final int MOST_LINES = 500;

    private ShopOrderBody() {}

    static String of(ShopOrder order, Call call) {
        boolean isWhole = order.lines().size() <= ChannelOrder.MOST_LINES;
        var lines = isWhole ? order.lines() : order.lines().subList(0, MOST_LINES);
        var to = order.address();
        return call.sql()
                .createQuery(
                        """
                        select jsonb_build_object(
                                   'type', 'ORDER_PLACED',
                                   'data', jsonb_build_object(
                                       'reference', cast(:reference as text),
                                       'lines', (
                                           select coalesce(
                                                      jsonb_agg(
                                                          jsonb_build_object('sku', line.sku, 'quantity', line.quantity)
                                                          order by line.no),
                                                      '[]')
                                             from unnest(cast(:skus as text[]), cast(:quantities as bigint[]))
                                                  with ordinality as line (sku, quantity, no)),
                                       'recipient', jsonb_strip_nulls(
                                           jsonb_build_object(
                                               'name', cast(:name as text),
                                               'company', cast(:company as text),
                                               'street', cast(:street as text),
                                               'city', cast(:city as text),
                                               'region', cast(:region as text),
                                               'postcode', cast(:postcode as text),
                                               'country', cast(:country as text),
                                               'phone', cast(:phone as text),
                                               'email', cast(:email as text)))))::text
                        """)
                .bind("reference", fit(order.number()))
                .bind("skus", lines.stream().map(it -> fit(it.sku())).toArray(String[]::new))
                .bind(
                        "quantities",
                        lines.stream().map(ShopOrder.Line::quantity).toArray(Long[]::new))
                .bind("name", fit(to.name()))
                .bind("company", fit(to.company()))
                .bind("street", fit(to.street()))
                .bind("city", fit(to.city()))
                .bind("region", fit(to.region()))
                .bind("postcode", fit(to.postcode()))
                .bind("country", fit(to.country()))
                .bind("phone", fit(to.phone()))
                .bind("email", fit(to.email()))
                .mapTo(String.class)
                .one();
    }

    private static Optional<String> fit(Optional<String> text) {
        return text.map(ShopOrderBody::fit);
    }

    // PostgreSQL keeps no NUL.
    private static String fit(String text) {
        String clean = text.replace("\0", "");
        return clean.length() <= LONGEST_TEXT
                ? clean
                : clean.substring(0, clean.offsetByCodePoints(0, LONGEST_TEXT / 2));
    }
}

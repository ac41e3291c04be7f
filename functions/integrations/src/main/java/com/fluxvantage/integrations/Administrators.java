package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.outside.Letter;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.Undeliverable;
import com.fluxvantage.kernel.privacy.PersonalData;

import java.util.List;
import java.util.function.Function;

/**
 * The people of a tenant who are told when something of theirs fails. Their addresses are read when
 * a letter is taken and kept nowhere.
 */
record Administrators(String tenant, List<PersonalData> addresses) {
    /** A tenant has a handful of administrators; the first of many tell the others. */
    private static final int MOST = 20;

    Administrators {
        addresses = List.copyOf(addresses);
    }

    static Administrators of(Call call) {
        return new Administrators(
                call.sql().createQuery("select name from wms.tenant").mapTo(String.class).one(),
                call.sql()
                        .createQuery(
                                """
                                select email
                                  from wms.member
                                 where state = 'ACTIVE'
                                   and 'ADMINISTRATOR' = any (roles)
                                 order by member_id
                                 limit :most
                                """)
                        .bind("most", MOST)
                        .mapTo(PersonalData.class)
                        .list());
    }

    /** Answers how many were told: one that cannot be reached keeps no other from it. */
    int tell(Function<PersonalData, Letter> letter, Outside outside) {
        int sent = 0;
        for (var address : addresses) {
            try {
                outside.send(letter.apply(address));
                sent++;
            } catch (Undeliverable _) {
                // The others are told all the same.
            }
        }
        return sent;
    }
}

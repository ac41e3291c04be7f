package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.LostLease;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Trigger.Event;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.outside.Shops.Standing;
import com.fluxvantage.kernel.pace.Pace;

import java.util.Optional;
import java.util.UUID;

/**
 * Asks a shop whether all is well, for a person who wants to know. It asks no pace: one call that a
 * person makes does no harm, and its answer closes a circuit that a refused credential has opened.
 */
final class CheckConnection {
    static final Operation<Request, Result> OPERATION =
            Operation.consumer("check-connection", Event.of("connection.test_asked"))
                    .summary("Asks a shop whether all is well.")
                    .needs(new Capability.OpensSecrets(SecretPurpose.SHOP_CREDENTIAL))
                    .needs(new Capability.CallsShops())
                    .runBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            new Errand<>(
                                    CheckConnection::take,
                                    CheckConnection::carryOut,
                                    CheckConnection::record));

    /** A shop that answers and does not have the stock location that was named. */
    private static final String NO_LOCATION = "NO_SUCH_LOCATION";

    /** What was announced. */
    record Request(ConnectionTestId connectionTestId, long version, ConnectionId connectionId) {
        static final Request EXAMPLE =
                new Request(
                        new ConnectionTestId(new UUID(0, 1)), 1, new ConnectionId(new UUID(0, 2)));
    }

    record Result(Optional<String> outcome) {}

    /** A test that is under way. */
    record Test(ConnectionTestId id, CalledShop shop, long fence) {}

    private static Errand.Taken<Test, Result> take(Request request, Call call) {
        var shop = CalledShop.named(request.connectionId, call);
        if (shop.isEmpty() || isAnswered(request.connectionTestId, call)) {
            return Errand.nothing(new Result(Optional.empty()));
        }
        return call.sql()
                .createQuery(
                        """
                        update wms.connection_test
                           set fence = fence + 1,
                               leased_until = clock_timestamp() + interval '1 minute'
                         where connection_test_id = :test
                           and answered_at is null
                           and coalesce(leased_until < clock_timestamp(), true)
                        returning fence
                        """)
                .bind("test", request.connectionTestId)
                .mapTo(Long.class)
                .findOne()
                .<Errand.Taken<Test, Result>>map(
                        it -> Errand.task(new Test(request.connectionTestId, shop.get(), it)))
                .orElseGet(Errand::held);
    }

    private static boolean isAnswered(ConnectionTestId test, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select not exists (
                            select
                              from wms.connection_test
                             where connection_test_id = :test
                               and answered_at is null)
                        """)
                .bind("test", test)
                .mapTo(Boolean.class)
                .one();
    }

    private static Reply<Standing> carryOut(Test test, Outside outside) {
        return test.shop
                .access(outside)
                .map(it -> outside.shops().check(it))
                .orElseGet(CalledShop::notCalled);
    }

    private static Outcome<Result> record(Test test, Reply<Standing> reply, Call call) {
        String outcome =
                reply instanceof Reply.Answered<Standing>(var standing) && !standing.hasLocation()
                        ? NO_LOCATION
                        : ShopOutcome.of(reply).name();
        int ours =
                call.sql()
                        .createUpdate(
                                """
                                update wms.connection_test
                                   set answered_at = :now,
                                       outcome = :outcome,
                                       leased_until = null
                                 where connection_test_id = :test
                                   and fence = :fence
                                   and answered_at is null
                                """)
                        .bind("now", call.now())
                        .bind("outcome", outcome)
                        .bind("test", test.id)
                        .bind("fence", test.fence)
                        .execute();
        if (ours == 0) {
            throw new LostLease();
        }
        CalledShop.PACE.ask(test.shop.connectionId(), 0, call);
        Pace.note(test.shop.connectionId(), 0, CalledShop.met(reply), call);
        return found(new Result(Optional.of(outcome)));
    }
}

package com.fluxvantage.inventory;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.refused;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Work;

import java.time.Duration;

/**
 * Compares a tenant's buckets with its ledger and its promises each night, in one statement, so
 * that all sums are of one moment. It alarms and never repairs: a wrong number is evidence, and
 * whoever corrects it first has to know how it came about. What is wrong is given up as any run is
 * that cannot succeed, and stays on the list of dead letters until a replay finds the stock sound.
 */
final class CheckStock {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "check-stock",
                            Schedule.at(Timing.daily("03:00")).jitter(Duration.ofMinutes(30)))
                    .summary("Compares the stock with its ledger and alarms when they differ.")
                    .work(Work.READ)
                    .refuses(InventoryRefusal.StockNotSound.class)
                    .handledBy(Request.class, Result.class, new Request(), CheckStock::handle);

    record Request() {}

    record Result(long buckets) {}

    private record Found(long wrong, long buckets) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var found =
                call.sql()
                        .createQuery(
                                """
                                select (select count(*) from wms.check_stock()) as wrong,
                                       (select count(*) from wms.bucket) as buckets
                                """)
                        .mapTo(Found.class)
                        .one();
        return found.wrong == 0
                ? found(new Result(found.buckets))
                : refused(new InventoryRefusal.StockNotSound(found.wrong));
    }
}

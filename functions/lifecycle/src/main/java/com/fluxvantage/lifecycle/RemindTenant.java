package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.LostLease;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.operation.Work;
import com.fluxvantage.kernel.outside.Letter;
import com.fluxvantage.kernel.outside.MailTemplate;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.Undeliverable;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.tenancy.MemberId;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/**
 * Tells the administrators of a tenant that ends: 30, 14, 7 and 1 days before its window closes,
 * when its deletion is scheduled, and two weeks before a suspension ends it. A letter is sent once
 * to each of them for each of these dates; whoever is killed between sending and storing sends it
 * once more. Only what was sent counts towards closing a window.
 *
 * <p>Addresses are read when the letters are taken and kept nowhere. One that the mail service
 * refuses is passed over until the next day.
 */
final class RemindTenant {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "remind-tenant",
                            Schedule.at(Timing.daily("06:00")).jitter(Duration.ofMinutes(20)))
                    .summary(
                            "Tells the administrators of a tenant that ends by when they must act.")
                    .work(Work.PRIVACY)
                    .needs(new Capability.SendsMail())
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            new Errand<>(
                                    (_, call) -> take(call),
                                    RemindTenant::carryOut,
                                    RemindTenant::record));

    /** A tenant has a handful of administrators. */
    private static final int BATCH = 20;

    record Request() {}

    record Result(int sent, boolean more) implements Unfinished {}

    /** One letter to one administrator; the fence says whose lease it is. */
    private record Notice(
            MailTemplate notice,
            Instant aboutAt,
            int daysBefore,
            MemberId memberId,
            PersonalData email,
            int fence) {
        Letter letter(String tenant) {
            return new Letter(
                    email,
                    notice,
                    Map.of(
                            "tenant", tenant,
                            "ends_on", aboutAt.atZone(ZoneOffset.UTC).toLocalDate().toString(),
                            "days_before", String.valueOf(daysBefore)));
        }
    }

    private record Letters(String tenant, List<Notice> notices) {}

    private static Errand.Taken<Letters, Result> take(Call call) {
        var notices =
                call.sql()
                        .createQuery(
                                """
                                select notice, about_at, days_before, member_id, email, fence
                                  from wms.take_notices(:at, :most)
                                """)
                        .bind("at", call.now())
                        .bind("most", BATCH)
                        .mapTo(Notice.class)
                        .list();
        if (notices.isEmpty()) {
            return Errand.nothing(new Result(0, false));
        }
        var tenant =
                call.sql().createQuery("select name from wms.tenant").mapTo(String.class).one();
        return Errand.task(new Letters(tenant, notices));
    }

    private static List<Notice> carryOut(Letters letters, Outside outside) {
        return letters.notices.stream()
                .filter(it -> isSent(it.letter(letters.tenant), outside))
                .toList();
    }

    private static boolean isSent(Letter letter, Outside outside) {
        try {
            outside.send(letter);
            return true;
        } catch (Undeliverable _) {
            return false;
        }
    }

    private static Outcome<Result> record(Letters letters, List<Notice> sent, Call call) {
        for (var notice : sent) {
            boolean isOurs =
                    call.sql()
                            .createQuery(
                                    """
                                    select wms.keep_notice(:notice, :about, :days, :member, :fence, :at)
                                    """)
                            .bind("notice", notice.notice.name())
                            .bind("about", notice.aboutAt)
                            .bind("days", notice.daysBefore)
                            .bind("member", notice.memberId)
                            .bind("fence", notice.fence)
                            .bind("at", call.now())
                            .mapTo(Boolean.class)
                            .one();
            if (!isOurs) {
                throw new LostLease();
            }
        }
        return Outcome.found(new Result(sent.size(), letters.notices.size() == BATCH));
    }
}

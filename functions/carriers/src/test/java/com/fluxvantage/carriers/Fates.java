package com.fluxvantage.carriers;

import com.fluxvantage.kernel.outside.Carriers.Answer;
import com.fluxvantage.kernel.outside.Carriers.Cause;
import com.fluxvantage.runtime.LocalCarriers.Fate;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** What may befall a call of a carrier. */
final class Fates {
    static final Fate NONE = notArrived("", 0);

    private enum Way {
        BEFORE,
        AFTER
    }

    private Fates() {}

    /** It has happened there, and nobody hears so. */
    static Fate answerLost(String call, int times) {
        return of(call, times, Way.AFTER, new Answer.Later<>(Cause.UNANSWERED, Optional.empty()));
    }

    /** It has not happened there. */
    static Fate notArrived(String call, int times) {
        return of(call, times, Way.BEFORE, new Answer.Later<>(Cause.UNANSWERED, Optional.empty()));
    }

    static Fate instead(String call, int times, Answer<?> answer) {
        return of(call, times, Way.BEFORE, answer);
    }

    static Fate insteadOfFile(int times, Answer<?> answer) {
        return of("label", times, Way.BEFORE, answer);
    }

    private static Fate of(String which, int times, Way way, Answer<?> answer) {
        var left = new AtomicInteger(times);
        return new Fate() {
            @Override
            @SuppressWarnings("unchecked") // an answer that holds nothing fits everywhere
            public <T> Answer<T> befalls(String call, Supplier<Answer<T>> asUsual) {
                if (!call.equals(which) || left.getAndDecrement() <= 0) {
                    return asUsual.get();
                }
                if (way == Way.AFTER) {
                    var _ = asUsual.get();
                }
                return (Answer<T>) answer;
            }
        };
    }
}

package com.fluxvantage.runtime;

import com.fluxvantage.kernel.outside.Letter;
import com.fluxvantage.kernel.outside.Mail;
import com.fluxvantage.kernel.outside.Undeliverable;
import com.fluxvantage.kernel.outside.Unreachable;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Keeps letters in this process in place of sending them, for whoever wants to read them, and
 * refuses the addresses that a service would refuse. Thread-safe.
 */
public final class LocalMail implements Mail {
    /** So many are kept; the oldest goes first. */
    private static final int MOST = 10_000;

    private static final Pattern ADDRESS =
            Pattern.compile("[\\x21-\\x7e&&[^@,;<>\"]]{1,64}@[A-Za-z0-9.-]{1,255}");

    private final List<Letter> letters = new ArrayList<>();
    private boolean isReachable = true;

    @Override
    public synchronized void send(Letter letter) {
        if (!isReachable) {
            throw new Unreachable("mail", new IllegalStateException("the line is cut"));
        }
        if (!ADDRESS.matcher(letter.address().sealed()).matches()) {
            throw new Undeliverable();
        }
        if (letters.size() == MOST) {
            letters.removeFirst();
        }
        letters.add(letter);
    }

    /** What has been sent, the oldest first. */
    public synchronized List<Letter> letters() {
        return List.copyOf(letters);
    }

    /** Cuts the line, or mends it. */
    public synchronized void reachable(boolean reachable) {
        this.isReachable = reachable;
    }
}

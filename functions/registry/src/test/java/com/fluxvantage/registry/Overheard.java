package com.fluxvantage.registry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;

import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Listens to what the platform and its libraries log, and keeps the lines with a mark in them. */
final class Overheard extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final List<String> SOURCES =
            List.of(Logger.ROOT_LOGGER_NAME, "com.fluxvantage.call");

    private record Was(Logger logger, Level level, boolean additive) {}

    private final String mark;
    private final List<Was> before = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    private volatile String lastFault = "";

    Overheard(String mark) {
        this.mark = mark;
        start();
        for (String name : SOURCES) {
            var logger = (Logger) LoggerFactory.getLogger(name);
            before.add(new Was(logger, logger.getLevel(), logger.isAdditive()));
            logger.addAppender(this);
            if (!name.equals(Logger.ROOT_LOGGER_NAME)) {
                logger.setLevel(Level.INFO);
                logger.setAdditive(false);
            }
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    /** The last line about a fault of ours: it says where. */
    String lastFault() {
        return lastFault;
    }

    @Override
    protected void append(ILoggingEvent event) {
        var line =
                event.getLevel()
                        + " "
                        + event.getLoggerName()
                        + " "
                        + event.getFormattedMessage()
                        + " "
                        + event.getKeyValuePairs();
        var thrown = event.getThrowableProxy();
        if (line.contains(mark)
                || (thrown != null && String.valueOf(thrown.getMessage()).contains(mark))) {
            lines.add(line);
        }
        if (event.getLevel() == Level.ERROR) {
            lastFault = line;
        }
    }

    @Override
    public void close() {
        for (var was : before) {
            was.logger.detachAppender(this);
            was.logger.setLevel(was.level);
            was.logger.setAdditive(was.additive);
        }
        stop();
    }
}

package com.fluxvantage.testing;

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;

/**
 * Sees what a process does to its database and to the outside, and stops it at one moment: it says
 * so, and does nothing more until it is killed. What is seen are words such as {@code after commit
 * select wms.mark_sent(...)}; a transaction's words are those of all its statements.
 */
final class Watch {
    /** What the process says when it has come to the moment. */
    static final String REACHED = "the moment is reached";

    private static final String PORTS = "com.fluxvantage.kernel.outside";

    private final Pattern moment;
    private final PrintStream says;
    private int left;

    /**
     * @param moment is looked for in what is seen
     * @param time the first time it is found, or the second, ...
     */
    Watch(Pattern moment, int time, PrintStream says) {
        this.moment = moment;
        this.says = says;
        this.left = time;
    }

    void sees(String what) {
        if (moment.matcher(what).find() && --left == 0) {
            says.println(REACHED);
            says.flush();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody wakes it", e);
            }
        }
    }

    /** The same connection, watched. */
    Connection over(Connection connection) {
        var words = new StringBuilder();
        return watched(
                Connection.class,
                (method, arguments) -> {
                    if (method.getName().equals("commit")) {
                        var all = words.toString();
                        words.setLength(0);
                        sees("before commit " + all);
                        var nothing = call(connection, method, arguments);
                        sees("after commit " + all);
                        return nothing;
                    }
                    var result = call(connection, method, arguments);
                    if (method.getName().equals("rollback")) {
                        words.setLength(0);
                    }
                    return switch (result) {
                        case PreparedStatement it ->
                                over(it, PreparedStatement.class, words, (String) arguments[0]);
                        case Statement it -> over(it, Statement.class, words, "");
                        case null, default -> result;
                    };
                });
    }

    private <T extends Statement> T over(
            T statement, Class<T> type, StringBuilder words, String prepared) {
        return watched(
                type,
                (method, arguments) -> {
                    if (!method.getName().startsWith("execute")) {
                        return call(statement, method, arguments);
                    }
                    String sql =
                            arguments.length > 0 && arguments[0] instanceof String given
                                    ? given
                                    : prepared;
                    words.append(sql.replaceAll("\\s+", " ")).append("; ");
                    return call(statement, method, arguments);
                });
    }

    /** The same port, watched; and so is whatever port it hands out. */
    <T> T over(T port, Class<T> type) {
        return watched(
                type,
                (method, arguments) -> {
                    var what = type.getSimpleName() + "." + method.getName();
                    sees("before " + what);
                    var result = call(port, method, arguments);
                    sees("after " + what);
                    var handed = method.getReturnType();
                    return isPort(handed) ? handedOut(result, handed) : result;
                });
    }

    // What is sealed is an answer and no port.
    private static boolean isPort(Class<?> type) {
        return type.isInterface() && !type.isSealed() && type.getPackageName().equals(PORTS);
    }

    private <P> P handedOut(Object port, Class<P> type) {
        return over(type.cast(port), type);
    }

    private interface Call {
        Object to(Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T watched(Class<T> type, Call call) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) ->
                                call.to(method, arguments == null ? new Object[0] : arguments)));
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}

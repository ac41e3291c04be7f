package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** What a descriptor's route says. */
public final class Routes {
    /** The major version of the API; the edge adds it to every route. */
    public static final String VERSION = "/v1";

    private static final Pattern VARIABLE = Pattern.compile("\\{([a-z0-9_]+)}");

    private Routes() {}

    public static Set<String> pathVariables(Operation<?, ?> operation) {
        var names = new LinkedHashSet<String>();
        if (operation.trigger() instanceof Trigger.Http(_, var route)) {
            var variables = VARIABLE.matcher(route);
            while (variables.find()) {
                names.add(variables.group(1));
            }
        }
        return names;
    }
}

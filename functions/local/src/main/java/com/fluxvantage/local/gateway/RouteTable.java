package com.fluxvantage.local.gateway;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.runtime.Routes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which operation a path and a method lead to; made from the descriptors. */
final class RouteTable {
    /** What a path led to: an operation with its path variables, or only another method. */
    sealed interface Match {
        record Found(Operation<?, ?> operation, Map<String, String> pathVariables)
                implements Match {}

        record OtherMethod(List<String> allowed) implements Match {}
    }

    private record Route(String method, List<String> segments, Operation<?, ?> operation) {
        Optional<Map<String, String>> match(List<String> path) {
            if (path.size() != segments.size()) {
                return Optional.empty();
            }
            var variables = new HashMap<String, String>();
            for (int at = 0; at < path.size(); at++) {
                String segment = segments.get(at);
                if (segment.startsWith("{")) {
                    variables.put(segment.substring(1, segment.length() - 1), path.get(at));
                } else if (!segment.equals(path.get(at))) {
                    return Optional.empty();
                }
            }
            return Optional.of(variables);
        }
    }

    private final List<Route> routes;

    RouteTable(OperationCatalog catalog) {
        this.routes =
                catalog.all().stream()
                        .<Route>mapMulti((operation, out) -> {
                            if (operation.trigger()
                                    instanceof Trigger.Http(var method, var route)) {
                                out.accept(
                                        new Route(
                                                method.name(),
                                                split(Routes.VERSION + route),
                                                operation));
                            }
                        })
                        .toList();
    }

    /** Empty when nothing has this path. */
    Optional<Match> find(String method, String path) {
        var segments = split(path);
        var others = new ArrayList<String>();
        for (var route : routes) {
            var variables = route.match(segments);
            if (variables.isPresent()) {
                if (route.method.equals(method)) {
                    return Optional.of(new Match.Found(route.operation, variables.get()));
                }
                others.add(route.method);
            }
        }
        return others.isEmpty() ? Optional.empty() : Optional.of(new Match.OtherMethod(others));
    }

    private static List<String> split(String path) {
        return List.of(path.substring(1).split("/", -1));
    }
}

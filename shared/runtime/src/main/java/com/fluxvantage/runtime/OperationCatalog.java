package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All operations on the class path, by name. A function's own jar holds those of its domain. */
public final class OperationCatalog {
    private final Map<String, Operation<?, ?>> byName;

    private OperationCatalog(List<Operation<?, ?>> operations) {
        this.byName =
                operations.stream()
                        .collect(
                                Collectors.toUnmodifiableMap(Operation::name, Function.identity()));
    }

    public static OperationCatalog load() {
        return new OperationCatalog(
                ServiceLoader.load(OperationList.class).stream()
                        .<Operation<?, ?>>flatMap(list -> list.get().operations().stream())
                        .toList());
    }

    /**
     * The operation of this name.
     *
     * @throws IllegalStateException when there is none: nothing else is ever run in its place
     */
    public Operation<?, ?> named(String name) {
        var operation = byName.get(name);
        if (operation == null) {
            throw new IllegalStateException(
                    "there is no operation of the configured name in this function");
        }
        return operation;
    }

    public List<Operation<?, ?>> all() {
        return byName.values().stream()
                .sorted(java.util.Comparator.comparing(Operation::name))
                .toList();
    }
}

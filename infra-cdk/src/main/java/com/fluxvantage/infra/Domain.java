package com.fluxvantage.infra;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/** The operations that share a jar and a stack. */
public record Domain(String name, List<Operation<?, ?>> operations) {
    public Domain {
        operations = List.copyOf(operations);
    }

    /** All domains, found as the functions themselves find them. */
    public static List<Domain> all() {
        return ServiceLoader.load(OperationList.class).stream()
                .map(list -> new Domain(nameOf(list.type()), sorted(list.get())))
                .sorted(Comparator.comparing(Domain::name))
                .toList();
    }

    private static String nameOf(Class<?> list) {
        String inPackage = list.getPackageName();
        return inPackage.substring(inPackage.lastIndexOf('.') + 1);
    }

    private static List<Operation<?, ?>> sorted(OperationList list) {
        return list.operations().stream().sorted(Comparator.comparing(Operation::name)).toList();
    }
}

package com.fluxvantage.local.serve;

import com.fluxvantage.kernel.tenancy.TenantId;

import java.util.List;
import java.util.Optional;

/** A tenant that one can act in here, and who works there: one person for each role. */
public record ServedTenant(String name, TenantId tenant, List<Person> people) {
    /** Whom a token is made for; {@code subject} is the name at the identity provider. */
    public record Person(String role, String subject) {}

    public ServedTenant {
        people = List.copyOf(people);
    }

    public Optional<Person> person(String role) {
        return people.stream().filter(it -> it.role.equals(role)).findFirst();
    }
}

package com.fluxvantage.kernel.outside;

import com.fluxvantage.kernel.privacy.PersonalData;

import java.util.Map;

/**
 * One letter to one address. The address prints as {@code ***}.
 *
 * @param parameters what is filled in, all of it and nothing else
 */
public record Letter(PersonalData address, MailTemplate template, Map<String, String> parameters) {
    public Letter {
        if (!parameters.keySet().equals(template.parameters())) {
            throw new IllegalArgumentException(template + " is filled in with something else");
        }
        parameters = Map.copyOf(parameters);
    }
}

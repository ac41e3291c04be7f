package com.fluxvantage.kernel.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.kernel.tenancy.TokenClaims;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class PersonalDataTest {
    private record Recipient(
            PersonalData name, Optional<PersonalData> phone, List<PersonalData> lines) {}

    private static final PersonalData NAME = new PersonalData("Grace Hopper");

    @Test
    void prints_as_stars_wherever_it_stands() {
        var recipient = new Recipient(NAME, Optional.of(NAME), List.of(NAME));

        assertThat(NAME).hasToString("***");
        assertThat("to " + NAME).isEqualTo("to ***");
        assertThat("%s".formatted(NAME)).isEqualTo("***");
        assertThat(recipient.toString()).doesNotContain("Grace", "Hopper").contains("***");
    }

    @Test
    void is_refused_without_being_repeated() {
        var refusal =
                catchThrowableOfType(
                        InvalidValue.class, () -> new PersonalData("Grace\u0000Hopper"));

        assertThat(refusal.code()).isEqualTo("unprintable");
        assertThat(refusal).hasMessageNotContainingAny("Grace", "Hopper");
    }

    @Test
    void has_at_most_200_characters() {
        assertThat(new PersonalData("x".repeat(200)).sealed()).hasSize(200);
        assertThat(
                        catchThrowableOfType(
                                        InvalidValue.class, () -> new PersonalData("x".repeat(201)))
                                .code())
                .isEqualTo("too-long");
    }

    @Test
    void of_a_token_does_not_print_either() {
        var claims =
                new TokenClaims(
                        new TenantId(UUID.randomUUID()),
                        new TokenClaims.UserSubject("auth0|grace-hopper"));

        assertThat(claims.toString()).doesNotContain("grace");
    }
}

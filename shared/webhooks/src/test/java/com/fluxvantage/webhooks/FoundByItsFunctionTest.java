package com.fluxvantage.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.Webhooks;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.ServiceLoader;

/** A function finds its way to strangers by what lies in its zip. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class FoundByItsFunctionTest {
    @Test
    void there_is_one_way_and_it_is_the_one_that_judges() {
        assertThat(ServiceLoader.load(Webhooks.class))
                .singleElement()
                .isInstanceOf(PinnedWebhooks.class);
    }
}

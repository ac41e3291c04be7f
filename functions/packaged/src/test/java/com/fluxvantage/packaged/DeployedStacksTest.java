package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.infra.Settings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.Stack;
import software.amazon.awssdk.services.lambda.model.Runtime;

import java.nio.file.Path;

/** The core stacks, deployed by the CDK command line from what it has synthesised. */
@NeedsEmulator
final class DeployedStacksTest {
    private final Emulator emulator = Emulator.deployed();

    @Test
    void every_operation_is_a_function_on_java_25_behind_its_alias() {
        try (var functions = emulator.functions()) {
            var operations = emulator.cloud().platform().catalog().all();

            assertThat(operations)
                    .isNotEmpty()
                    .allSatisfy(operation -> {
                        String name = Emulator.PREFIX + "-" + operation.name();
                        var alias =
                                functions.getAlias(
                                        it -> it.functionName(name).name(Settings.ALIAS));
                        assertThat(alias.functionVersion()).isEqualTo("1");
                        var function =
                                functions.getFunctionConfiguration(
                                        it -> it.functionName(name).qualifier("1"));
                        assertThat(function.runtime()).isEqualTo(Runtime.JAVA25);
                        assertThat(function.environment().variables())
                                .containsEntry("FV_OPERATION", operation.name());
                    });
        }
    }

    /** Otherwise it would make nothing of what it does not know, and call that a success. */
    @Test
    void the_emulator_refuses_a_type_that_it_does_not_know(@TempDir Path templates) {
        var app = new App(AppProps.builder().outdir(templates.toString()).build());
        CfnResource.Builder.create(new Stack(app, "unknown"), "Proxy")
                .type("AWS::RDS::DBProxy")
                .build();
        app.synth();

        assertThatThrownBy(() -> emulator.deploy(templates))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("AWS::RDS::DBProxy resource")
                .hasMessageContaining("not");
    }
}

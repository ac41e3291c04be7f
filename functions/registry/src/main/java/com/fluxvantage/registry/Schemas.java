package com.fluxvantage.registry;

import com.fasterxml.classmate.ResolvedType;
import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.operation.Names;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;

/** JSON Schema (2020-12) of the records that requests, results and events are made of. */
final class Schemas {
    private final SchemaGenerator generator = schemas();

    /** As it is read: what is not among it is refused. */
    ObjectNode of(Class<?> type) {
        return generator.generateSchema(type).deepCopy();
    }

    /**
     * As it is sent. It may gain fields within a version, so whoever reads it must not refuse those
     * that it does not know; and what is held may be more than one request may name.
     */
    ObjectNode open(Class<?> type) {
        var schema = of(type);
        for (var part : schema.findParents("maximum")) {
            ((ObjectNode) part).remove("maximum");
        }
        for (var part : schema.findParents("additionalProperties")) {
            ((ObjectNode) part).remove("additionalProperties");
        }
        return schema;
    }

    private static SchemaGenerator schemas() {
        var builder =
                new SchemaGeneratorConfigBuilder(
                                SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                        .with(
                                Option.INLINE_ALL_SCHEMAS,
                                Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT)
                        .without(Option.SCHEMA_VERSION_INDICATOR);
        builder.forFields()
                .withPropertyNameOverrideResolver(field -> Names.snake(field.getDeclaredName()))
                .withRequiredCheck(field ->
                        field.getDeclaringType().getErasedType().isRecord()
                                && field.getType().getErasedType() != Optional.class)
                .withNullableCheck(_ -> false)
                .withTargetTypeOverridesResolver(field ->
                        field.getType() != null && field.getType().getErasedType() == Optional.class
                                ? List.of(field.getTypeParameterFor(Optional.class, 0))
                                : null);
        builder.forTypesInGeneral()
                .withCustomDefinitionProvider(Schemas::definition)
                .withPropertySorter((_, _) -> 0);
        return new SchemaGenerator(builder.build());
    }

    private static @Nullable CustomDefinition definition(
            ResolvedType type, SchemaGenerationContext context) {
        Class<?> raw = type.getErasedType();
        var schema = context.getGeneratorConfig().createObjectNode();
        if (Identifier.class.isAssignableFrom(raw)) {
            schema.put("type", "string");
            schema.put(
                    "pattern",
                    "^"
                            + Identifiers.prefix(raw.asSubclass(Identifier.class))
                            + "_[0-9a-hjkmnp-tv-z]{26}$");
        } else if (TextValue.class.isAssignableFrom(raw)
                || raw == PersonalData.class
                || raw == Credential.class) {
            var limit = raw.getAnnotation(Limit.class);
            schema.put("type", "string");
            schema.put("minLength", 1);
            schema.put("maxLength", limit.longest());
            if (raw == Credential.class) {
                schema.put("writeOnly", true);
            }
            if (!limit.pattern().isEmpty()) {
                schema.put("pattern", "^(" + limit.pattern() + ")$");
            }
        } else if (raw == Quantity.class) {
            schema.put("type", "integer");
            schema.put("minimum", 0);
            schema.put("maximum", Quantity.MOST);
        } else if (raw == PageLimit.class) {
            schema.put("type", "integer");
            schema.put("minimum", 1);
            schema.put("description", "More than " + PageLimit.MOST + " is taken as that.");
        } else if (raw == java.time.Instant.class) {
            schema.put("type", "string");
            schema.put("format", "date-time");
        } else if (raw == java.time.LocalDate.class) {
            schema.put("type", "string");
            schema.put("format", "date");
        } else {
            return null;
        }
        return new CustomDefinition(
                schema,
                CustomDefinition.DefinitionType.INLINE,
                CustomDefinition.AttributeInclusion.NO);
    }
}

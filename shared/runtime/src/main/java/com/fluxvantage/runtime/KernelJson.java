package com.fluxvantage.runtime;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.Nulls;
import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.text.TextValue;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.deser.Deserializers;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.Serializers;

import java.lang.reflect.InvocationTargetException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * How kernel types look as JSON: names in snake_case, identifiers and texts as strings, quantities
 * as whole numbers. Strict on the way in: unknown and repeated fields, other types and trailing
 * text are refused, and every component of a record that is not an {@code Optional} has to be
 * there; a list may be empty, but not left out.
 */
public final class KernelJson {
    private static final StreamReadConstraints LIMITS =
            StreamReadConstraints.builder()
                    .maxNestingDepth(20)
                    .maxStringLength(10_000)
                    .maxNameLength(200)
                    .maxNumberLength(30)
                    .build();

    private KernelJson() {}

    /** For what leaves the platform or is kept as a result: personal data in it is a fault. */
    public static JsonMapper guarded() {
        return mapper(_ -> {
            throw new IllegalStateException("personal data in an answer that is not audited");
        });
    }

    /**
     * For an audited read's answer, and for fingerprints, which never leave memory in the clear.
     */
    public static JsonMapper revealing() {
        return mapper(sealed -> sealed);
    }

    private static JsonMapper mapper(UnaryOperator<String> opener) {
        var factory =
                JsonFactory.builder()
                        .streamReadConstraints(LIMITS)
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                        .build();
        return JsonMapper.builder(factory)
                .annotationIntrospector(new RecordsAreComplete())
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .changeDefaultPropertyInclusion(
                        it -> it.withValueInclusion(JsonInclude.Include.NON_ABSENT))
                .changeDefaultNullHandling(it -> it.withContentNulls(Nulls.FAIL))
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                // Otherwise a blank text in the place of a number is no number at all.
                .withCoercionConfigDefaults(it ->
                        it.setAcceptBlankAsEmpty(false)
                                .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
                .enable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .addModule(module(opener))
                .build();
    }

    private static JacksonModule module(UnaryOperator<String> opener) {
        return new SimpleModule("kernel") {
            @Override
            public void setupModule(SetupContext context) {
                super.setupModule(context);
                context.addSerializers(new Writers(opener));
                context.addDeserializers(new Readers());
            }
        };
    }

    private static final class RecordsAreComplete extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
            if (!member.getDeclaringClass().isRecord()) {
                return super.hasRequiredMarker(config, member);
            }
            return member.getRawType() != Optional.class;
        }
    }

    private static final class Writers extends Serializers.Base {
        private final UnaryOperator<String> opener;

        private Writers(UnaryOperator<String> opener) {
            this.opener = opener;
        }

        @Override
        public @Nullable ValueSerializer<?> findSerializer(
                SerializationConfig config,
                JavaType type,
                BeanDescription.Supplier description,
                com.fasterxml.jackson.annotation.JsonFormat.@Nullable Value format) {
            Class<?> raw = type.getRawClass();
            if (Identifier.class.isAssignableFrom(raw)) {
                return new AsText<Identifier>(Identifiers::text);
            }
            if (TextValue.class.isAssignableFrom(raw)) {
                return new AsText<TextValue>(TextValue::value);
            }
            if (raw == PersonalData.class) {
                return new AsText<PersonalData>(it -> opener.apply(it.sealed()));
            }
            if (raw == Credential.class) {
                // No answer has one, audited or not: it is written for fingerprints alone.
                return new AsText<Credential>(it -> opener.apply(it.sealed()));
            }
            if (raw == Quantity.class) {
                return new AsNumber<Quantity>(Quantity::units);
            }
            if (raw == PageLimit.class) {
                return new AsNumber<PageLimit>(limit -> (long) limit.rows());
            }
            if (raw == Instant.class || raw == LocalDate.class) {
                return new AsText<Object>(Object::toString);
            }
            return null;
        }
    }

    private static final class AsText<T> extends ValueSerializer<T> {
        private final Function<T, String> text;

        private AsText(Function<T, String> text) {
            this.text = text;
        }

        @Override
        public void serialize(T value, JsonGenerator json, SerializationContext context) {
            json.writeString(text.apply(value));
        }
    }

    private static final class AsNumber<T> extends ValueSerializer<T> {
        private final Function<T, Long> number;

        private AsNumber(Function<T, Long> number) {
            this.number = number;
        }

        @Override
        public void serialize(T value, JsonGenerator json, SerializationContext context) {
            json.writeNumber(number.apply(value));
        }
    }

    private static final class Readers extends Deserializers.Base {
        @Override
        public @Nullable ValueDeserializer<?> findBeanDeserializer(
                JavaType type, DeserializationConfig config, BeanDescription.Supplier description) {
            Class<?> raw = type.getRawClass();
            if (Identifier.class.isAssignableFrom(raw)) {
                return identifier(raw.asSubclass(Identifier.class));
            }
            if (TextValue.class.isAssignableFrom(raw)
                    || raw == PersonalData.class
                    || raw == Credential.class) {
                return new FromText(raw, text -> construct(raw, text));
            }
            if (raw == Instant.class) {
                return new FromText(
                        raw,
                        text ->
                                time(
                                        text,
                                        Instant::parse,
                                        "A time looks like 2026-11-24T08:00:00Z."));
            }
            if (raw == LocalDate.class) {
                return new FromText(
                        raw, text -> time(text, LocalDate::parse, "A date looks like 2026-11-24."));
            }
            if (raw == Quantity.class) {
                return new FromNumber(raw, Quantity::of);
            }
            if (raw == PageLimit.class) {
                return new FromNumber(
                        raw, rows -> new PageLimit(Math.clamp(rows, -1, PageLimit.MOST)));
            }
            return null;
        }

        @Override
        public ValueDeserializer<?> findEnumDeserializer(
                JavaType type, DeserializationConfig config, BeanDescription.Supplier description) {
            return new FromWord(type.getRawClass());
        }

        @Override
        public boolean hasDeserializerFor(DeserializationConfig config, Class<?> type) {
            return type.isEnum()
                    || Identifier.class.isAssignableFrom(type)
                    || TextValue.class.isAssignableFrom(type)
                    || type == PersonalData.class
                    || type == Credential.class
                    || type == Quantity.class
                    || type == PageLimit.class;
        }

        // One that cannot be read is one that is not there: the answer is the same as for
        // a stranger's.
        private static <I extends Identifier> FromText identifier(Class<I> type) {
            return new FromText(
                    type,
                    text ->
                            Identifiers.parse(type, text)
                                    .orElseThrow(() ->
                                            new InvalidValue(
                                                    "malformed-id",
                                                    "An id here starts with "
                                                            + Identifiers.prefix(type)
                                                            + "_.")));
        }

        // Java also reads years of other than four digits, with a sign; no calendar of a warehouse
        // has them, and some are beyond what PostgreSQL can keep.
        private static Object time(String text, Function<String, Object> parse, String sentence) {
            try {
                if (!text.startsWith("+") && !text.startsWith("-")) {
                    return parse.apply(text);
                }
            } catch (DateTimeParseException _) {
                // Told in our own words, which do not repeat what was typed.
            }
            throw new InvalidValue("malformed", sentence);
        }

        private static Object construct(Class<?> type, String text) {
            try {
                var constructor = type.getDeclaredConstructor(String.class);
                constructor.setAccessible(true); // a domain's own texts are private to it
                return constructor.newInstance(text);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof InvalidValue invalid) {
                    throw invalid;
                }
                throw new IllegalStateException(type + " cannot be made from a text", e);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(type + " is not a record of one text", e);
            }
        }
    }

    private static final class FromText extends StdDeserializer<Object> {
        private final Function<String, Object> read;

        private FromText(Class<?> type, Function<String, Object> read) {
            super(type);
            this.read = read;
        }

        @Override
        public @Nullable Object deserialize(JsonParser json, DeserializationContext context)
                throws JacksonException {
            if (json.currentToken() != JsonToken.VALUE_STRING) {
                return context.handleUnexpectedToken(context.constructType(handledType()), json);
            }
            return read.apply(json.getString());
        }
    }

    // The mapper's own also takes a position for the word, and spaces around it.
    private static final class FromWord extends StdDeserializer<Object> {
        private FromWord(Class<?> type) {
            super(type);
        }

        @Override
        public @Nullable Object deserialize(JsonParser json, DeserializationContext context)
                throws JacksonException {
            if (json.currentToken() != JsonToken.VALUE_STRING) {
                return context.handleUnexpectedToken(context.constructType(handledType()), json);
            }
            String text = json.getString();
            for (Object word : handledType().getEnumConstants()) {
                if (((Enum<?>) word).name().equals(text)) {
                    return word;
                }
            }
            return context.handleWeirdStringValue(handledType(), text, "none of the words");
        }
    }

    private static final class FromNumber extends StdDeserializer<Object> {
        private final Function<Long, Object> read;

        private FromNumber(Class<?> type, Function<Long, Object> read) {
            super(type);
            this.read = read;
        }

        @Override
        public @Nullable Object deserialize(JsonParser json, DeserializationContext context)
                throws JacksonException {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                return context.handleUnexpectedToken(context.constructType(handledType()), json);
            }
            if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw new InvalidValue("out-of-range", "This number is too large.");
            }
            return read.apply(json.getLongValue());
        }
    }
}

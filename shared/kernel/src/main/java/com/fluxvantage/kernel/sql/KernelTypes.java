package com.fluxvantage.kernel.sql;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.text.TextValue;

import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.argument.ArgumentFactory;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.generic.GenericTypes;
import org.jdbi.v3.core.mapper.ColumnMapper;
import org.jdbi.v3.core.mapper.ColumnMapperFactory;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.RowMapperFactory;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.spi.JdbiPlugin;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.sql.Types;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * Teaches Jdbi the kernel's types: identifiers are {@code uuid}, quantities {@code bigint}, texts
 * {@code text}; a row becomes the record that the operation asks for, by column name.
 */
public final class KernelTypes implements JdbiPlugin {
    @Override
    public void customizeJdbi(Jdbi jdbi) {
        jdbi.registerArgument(new Arguments());
        jdbi.registerColumnMapper(new Columns());
        jdbi.registerRowMapper(new RecordRows());
    }

    private static final class Arguments implements ArgumentFactory {
        @Override
        public Optional<Argument> build(Type type, Object value, ConfigRegistry config) {
            return switch (value) {
                case Identifier id ->
                        Optional.of((at, statement, _) -> statement.setObject(at, id.uuid()));
                case Quantity quantity ->
                        Optional.of((at, statement, _) -> statement.setLong(at, quantity.units()));
                case PageLimit limit ->
                        Optional.of((at, statement, _) -> statement.setInt(at, limit.rows()));
                case TextValue text ->
                        Optional.of((at, statement, _) -> statement.setString(at, text.value()));
                case PersonalData data ->
                        Optional.of((at, statement, _) -> statement.setString(at, data.sealed()));
                case UUID[] ids -> Optional.of(array("uuid", ids));
                case Long[] numbers -> Optional.of(array("bigint", numbers));
                case Integer[] numbers -> Optional.of(array("integer", numbers));
                case String[] texts -> Optional.of(array("text", texts));
                case java.time.Instant at ->
                        Optional.of((position, statement, _) ->
                                statement.setObject(
                                        position,
                                        at.atOffset(java.time.ZoneOffset.UTC),
                                        Types.TIMESTAMP_WITH_TIMEZONE));
                case null, default -> Optional.empty();
            };
        }

        private static Argument array(String type, Object[] values) {
            return (at, statement, _) ->
                    statement.setArray(at, statement.getConnection().createArrayOf(type, values));
        }
    }

    private static final class Columns implements ColumnMapperFactory {
        @Override
        public Optional<ColumnMapper<?>> build(Type type, ConfigRegistry config) {
            Class<?> raw = GenericTypes.getErasedType(type);
            if (Identifier.class.isAssignableFrom(raw)) {
                return Optional.of((row, at, _) -> {
                    UUID id = row.getObject(at, UUID.class);
                    return id == null ? null : Identifiers.of(raw.asSubclass(Identifier.class), id);
                });
            }
            if (raw == Quantity.class) {
                return Optional.of((row, at, _) -> {
                    long units = row.getLong(at);
                    return row.wasNull() ? null : new Quantity(units);
                });
            }
            if (raw == PersonalData.class || TextValue.class.isAssignableFrom(raw)) {
                return Optional.of((row, at, _) -> {
                    String text = row.getString(at);
                    return text == null ? null : ofText(raw, text);
                });
            }
            if (raw == java.time.Instant.class) {
                return Optional.of((row, at, _) -> {
                    var time = row.getObject(at, java.time.OffsetDateTime.class);
                    return time == null ? null : time.toInstant();
                });
            }
            return Optional.empty();
        }

        private static Object ofText(Class<?> type, String text) {
            try {
                var constructor = type.getDeclaredConstructor(String.class);
                constructor.setAccessible(true);
                return constructor.newInstance(text);
            } catch (NoSuchMethodException
                    | InstantiationException
                    | IllegalAccessException
                    | InvocationTargetException e) {
                throw new IllegalStateException(type + " is not a record of one text", e);
            }
        }
    }

    private static final class RecordRows implements RowMapperFactory {
        @Override
        public Optional<RowMapper<?>> build(Type type, ConfigRegistry config) {
            Class<?> raw = GenericTypes.getErasedType(type);
            boolean isOneColumn =
                    Identifier.class.isAssignableFrom(raw)
                            || TextValue.class.isAssignableFrom(raw)
                            || raw == Quantity.class
                            || raw == PersonalData.class;
            return raw.isRecord() && !isOneColumn
                    ? Optional.of(ConstructorMapper.of(canonical(raw)))
                    : Optional.empty();
        }

        // A row's record is private to its operation, so the constructor is opened here.
        private static Constructor<?> canonical(Class<?> type) {
            var components =
                    Arrays.stream(type.getRecordComponents()).map(RecordComponent::getType);
            try {
                var constructor = type.getDeclaredConstructor(components.toArray(Class<?>[]::new));
                constructor.setAccessible(true);
                return constructor;
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException("a record has a canonical constructor", e);
            }
        }
    }
}

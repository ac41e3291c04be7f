package com.fluxvantage.kernel.sql;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.SealedSecret;
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
import org.jdbi.v3.core.statement.StatementContext;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

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

    private static final class Arguments implements ArgumentFactory.Preparable {
        private static final Set<Class<?>> VALUES =
                Set.of(
                        Bytes.class,
                        SealedSecret.class,
                        Quantity.class,
                        PageLimit.class,
                        PersonalData.class,
                        Instant.class,
                        UUID[].class,
                        Long[].class,
                        Integer[].class,
                        String[].class);

        @Override
        public Optional<Function<Object, Argument>> prepare(Type type, ConfigRegistry config) {
            Class<?> raw = GenericTypes.getErasedType(type);
            boolean isKnown =
                    Identifier.class.isAssignableFrom(raw)
                            || TextValue.class.isAssignableFrom(raw)
                            || VALUES.contains(raw);
            return isKnown
                    ? Optional.of(value -> (at, statement, _) -> bind(statement, at, value))
                    : Optional.empty();
        }

        private static void bind(PreparedStatement statement, int at, Object value)
                throws SQLException {
            switch (value) {
                case Identifier id -> statement.setObject(at, id.uuid());
                case Bytes bytes -> statement.setBytes(at, bytes.toArray());
                case SealedSecret secret -> statement.setBytes(at, secret.toArray());
                case Quantity quantity -> statement.setLong(at, quantity.units());
                case PageLimit limit -> statement.setInt(at, limit.rows());
                case TextValue text -> statement.setString(at, text.value());
                case PersonalData data -> statement.setString(at, data.sealed());
                case UUID[] ids -> bindArray(statement, at, "uuid", ids);
                case Long[] numbers -> bindArray(statement, at, "bigint", numbers);
                case Integer[] numbers -> bindArray(statement, at, "integer", numbers);
                case String[] texts -> bindArray(statement, at, "text", texts);
                case Instant time -> statement.setObject(at, time.atOffset(ZoneOffset.UTC));
                default -> throw new IllegalStateException("no argument: " + value.getClass());
            }
        }

        private static void bindArray(
                PreparedStatement statement, int at, String type, Object[] values)
                throws SQLException {
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
            if (raw == Bytes.class) {
                return Optional.of((row, at, _) -> {
                    byte[] bytes = row.getBytes(at);
                    return bytes == null ? null : Bytes.of(bytes);
                });
            }
            if (raw == SealedSecret.class) {
                return Optional.of((row, at, _) -> {
                    byte[] bytes = row.getBytes(at);
                    return bytes == null ? null : SealedSecret.of(bytes);
                });
            }
            if (raw == PersonalData.class || TextValue.class.isAssignableFrom(raw)) {
                return Optional.of((row, at, _) -> {
                    String text = row.getString(at);
                    return text == null ? null : ofText(raw, text);
                });
            }
            if (raw == Instant.class) {
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
        private static final ClassValue<RowMapper<?>> MAPPERS =
                new ClassValue<>() {
                    @Override
                    protected RowMapper<?> computeValue(Class<?> type) {
                        return new RecordRow<>(ConstructorMapper.of(canonical(type)));
                    }
                };

        @Override
        public Optional<RowMapper<?>> build(Type type, ConfigRegistry config) {
            Class<?> raw = GenericTypes.getErasedType(type);
            boolean isOneColumn =
                    Identifier.class.isAssignableFrom(raw)
                            || TextValue.class.isAssignableFrom(raw)
                            || raw == Quantity.class
                            || raw == Bytes.class
                            || raw == SealedSecret.class
                            || raw == PersonalData.class;
            return raw.isRecord() && !isOneColumn
                    ? Optional.of(MAPPERS.get(raw))
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

    /**
     * Which column goes to which component is worked out once for each list of columns, not at each
     * execution: that was a tenth of what a call costs outside the database.
     */
    private static final class RecordRow<R> implements RowMapper<R> {
        private final RowMapper<R> general;
        private final Map<List<String>, RowMapper<R>> byColumns = new ConcurrentHashMap<>();

        RecordRow(RowMapper<R> general) {
            this.general = general;
        }

        @Override
        public R map(ResultSet rows, StatementContext context) throws SQLException {
            return specialize(rows, context).map(rows, context);
        }

        @Override
        public RowMapper<R> specialize(ResultSet rows, StatementContext context)
                throws SQLException {
            var columns = columns(rows.getMetaData());
            var known = byColumns.get(columns);
            if (known == null) {
                known = general.specialize(rows, context);
                byColumns.put(columns, known);
            }
            return known;
        }

        private static List<String> columns(ResultSetMetaData row) throws SQLException {
            var columns = new ArrayList<String>(row.getColumnCount());
            for (int at = 1; at <= row.getColumnCount(); at++) {
                columns.add(row.getColumnLabel(at));
            }
            return columns;
        }
    }
}

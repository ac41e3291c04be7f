package com.fluxvantage.kernel.id;

import java.lang.reflect.InvocationTargetException;
import java.math.BigInteger;
import java.util.Optional;
import java.util.UUID;

/** Reads and writes identifiers: {@code rcp_06a5…}, 26 base32 characters after the prefix. */
public final class Identifiers {
    private static final int LENGTH = 26;
    private static final String ALPHABET =
            "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford: no i l o u
    private static final ClassValue<String> PREFIXES =
            new ClassValue<>() {
                @Override
                protected String computeValue(Class<?> type) {
                    Prefix prefix = type.getAnnotation(Prefix.class);
                    if (prefix == null) {
                        throw new IllegalStateException(type + " has no @Prefix");
                    }
                    return prefix.value();
                }
            };

    private Identifiers() {}

    public static String prefix(Class<? extends Identifier> type) {
        return PREFIXES.get(type);
    }

    public static String text(Identifier id) {
        return prefix(id.getClass()) + "_" + key(id.uuid());
    }

    /** What stands behind the prefix, for an id whose type is known by other means. */
    public static String key(UUID uuid) {
        var digits = new char[LENGTH];
        var rest = unsigned(uuid);
        for (int at = LENGTH - 1; at >= 0; at--) {
            digits[at] = ALPHABET.charAt(rest.intValue() & 31);
            rest = rest.shiftRight(5);
        }
        return new String(digits);
    }

    /** Empty when the text is not an identifier of this type; what was typed is never repeated. */
    public static <I extends Identifier> Optional<I> parse(Class<I> type, String text) {
        String start = prefix(type) + "_";
        if (!text.startsWith(start) || text.length() != start.length() + LENGTH) {
            return Optional.empty();
        }
        return uuid(text.substring(start.length())).map(it -> of(type, it));
    }

    /** The reverse of {@link #key}. */
    public static Optional<UUID> uuid(String key) {
        if (key.length() != LENGTH) {
            return Optional.empty();
        }
        var value = BigInteger.ZERO;
        for (int at = 0; at < LENGTH; at++) {
            int digit = ALPHABET.indexOf(key.charAt(at));
            if (digit < 0) {
                return Optional.empty();
            }
            value = value.shiftLeft(5).or(BigInteger.valueOf(digit));
        }
        return value.bitLength() > 128
                ? Optional.empty()
                : Optional.of(new UUID(value.shiftRight(64).longValue(), value.longValue()));
    }

    public static <I extends Identifier> I of(Class<I> type, UUID uuid) {
        try {
            var constructor = type.getDeclaredConstructor(UUID.class);
            constructor.setAccessible(true);
            return constructor.newInstance(uuid);
        } catch (NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException e) {
            throw new IllegalStateException(type + " is not a record of one uuid", e);
        }
    }

    private static BigInteger unsigned(UUID uuid) {
        var mask = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
        return BigInteger.valueOf(uuid.getMostSignificantBits())
                .and(mask)
                .shiftLeft(64)
                .or(BigInteger.valueOf(uuid.getLeastSignificantBits()).and(mask));
    }
}

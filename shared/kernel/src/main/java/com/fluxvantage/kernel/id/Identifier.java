package com.fluxvantage.kernel.id;

import java.util.UUID;

/**
 * An identifier of one kind of thing. Implementations are records with the single component {@code
 * uuid} and carry {@link Prefix}. In the database it is a {@code uuid}; on the wire it is the
 * prefix, an underscore and the UUID in lower-case base32 ({@link Identifiers}).
 */
public interface Identifier {
    UUID uuid();
}

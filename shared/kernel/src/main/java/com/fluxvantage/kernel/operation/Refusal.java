package com.fluxvantage.kernel.operation;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An expected "no". Implementations are records; each domain seals its own and marks each with
 * {@link Is}. The components are facts from the tenant's own rows (what is expected, what is left)
 * and are told to the caller; what the caller typed is not among them.
 */
public interface Refusal {
    /** The closed list of reasons; the boundary turns each into a status. */
    enum Kind {
        INVALID(422),
        FORBIDDEN(403),
        MISSING(404),
        CONFLICT(409),
        STALE(412),
        LIMIT(429);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    /** Of which kind a refusal is, and the sentence that titles it. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    @interface Is {
        Kind value();

        String title();
    }

    /** One sentence for the person with the scanner in hand. */
    String detail();

    static Is traits(Class<? extends Refusal> type) {
        Is is = type.getAnnotation(Is.class);
        if (is == null) {
            throw new IllegalStateException(type + " has no @Refusal.Is");
        }
        return is;
    }

    /** {@code inbound.over-receipt}: the domain's package and the fact. Public and eternal. */
    static String code(Class<? extends Refusal> type) {
        String inPackage = type.getPackageName();
        String domain = inPackage.substring(inPackage.lastIndexOf('.') + 1);
        String fact = Names.kebab(type.getSimpleName());
        return domain.equals("operation") ? fact : domain + "." + fact;
    }
}

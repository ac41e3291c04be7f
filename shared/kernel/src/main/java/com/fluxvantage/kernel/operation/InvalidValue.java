package com.fluxvantage.kernel.operation;

/**
 * Thrown by the compact constructor of a request record or of a value in it when what was sent
 * breaks a rule. The boundary answers 422 and points at the field; the sentence never repeats the
 * value.
 */
public final class InvalidValue extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final String code;

    /** The boundary knows the field: a value type refused what it was made from. */
    public InvalidValue(String code, String sentence) {
        this("", code, sentence);
    }

    /** For a rule between fields: {@code field} is the component's name in Java. */
    public InvalidValue(String field, String code, String sentence) {
        super(sentence);
        this.field = field;
        this.code = code;
    }

    public String field() {
        return field;
    }

    public String code() {
        return code;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}

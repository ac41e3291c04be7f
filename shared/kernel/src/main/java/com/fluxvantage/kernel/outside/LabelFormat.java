package com.fluxvantage.kernel.outside;

/** What a label is printed from. */
public enum LabelFormat {
    /** The language of label printers. */
    ZPL("application/zpl"),
    PDF("application/pdf"),
    PNG("image/png");

    private final String contentType;

    LabelFormat(String contentType) {
        this.contentType = contentType;
    }

    public String contentType() {
        return contentType;
    }
}

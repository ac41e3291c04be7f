package com.fluxvantage.carriers;

import com.fluxvantage.kernel.outside.LabelFormat;

import java.util.Locale;

/** Where the file of a label lies, among the tenant's labels. */
final class LabelFiles {
    private LabelFiles() {}

    static String folder(LabelId label) {
        return label.uuid() + "/";
    }

    static String key(LabelId label, LabelFormat format) {
        return folder(label) + "label." + format.name().toLowerCase(Locale.ROOT);
    }
}

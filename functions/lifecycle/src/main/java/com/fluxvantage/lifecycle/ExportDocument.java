package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.outside.Bytes;

/**
 * One file of an export before it is put.
 *
 * @param path below the folder of whoever fetches it
 * @param content compressed, where its name says so
 */
record ExportDocument(Kind kind, String path, String contentType, Bytes content) {
    /** What a file is in an export. */
    enum Kind {
        ROWS,
        SCHEMA,
        INDEX,
        MANIFEST,
        SIGNATURE,
        KEY
    }

    static ExportDocument of(Kind kind, String path, String contentType, byte[] content) {
        return new ExportDocument(kind, path, contentType, Bytes.of(content));
    }

    byte[] sha256() {
        return ExportObjects.sha256(content.toArray());
    }

    int bytes() {
        return content.toArray().length;
    }
}

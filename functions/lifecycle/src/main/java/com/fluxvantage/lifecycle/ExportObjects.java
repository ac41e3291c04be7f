package com.fluxvantage.lifecycle;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Where the files of an export lie in the bucket. The number of the lease is part of a key: a run
 * that has lost its lease and does not know it yet writes where nobody looks, and never over a file
 * whose digest is recorded.
 */
final class ExportObjects {
    private ExportObjects() {}

    /** Everything that the export has ever put, whoever recorded it. */
    static String folder(ExportId export) {
        return "exports/" + export.uuid() + "/";
    }

    static String key(ExportId export, long fence, String path) {
        return folder(export) + fence + "/" + path;
    }

    static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

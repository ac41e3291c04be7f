package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.SigningKey;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The certificate of a deletion as it is handed out: the signed text, a digest of each of its
 * parts, and the signature. The digests are not signed and prove nothing; they say which part it is
 * when the signature no longer fits.
 */
final class CertificateFile {
    private CertificateFile() {}

    /** One line of JSON. {@code der} signs the SHA-256 of the text. */
    static String of(String certificate, String keyId, Bytes der) {
        var digests =
                members(certificate).entrySet().stream()
                        .map(it -> "\"" + it.getKey() + "\":\"" + digest(it.getValue()) + "\"")
                        .collect(Collectors.joining(",", "{", "}"));
        return "{\"certificate\":"
                + certificate
                + ",\"digests\":"
                + digests
                + ",\"key_id\":\""
                + keyId
                + "\",\"signature\":\""
                + Base64.getEncoder().encodeToString(der.toArray())
                + "\"}";
    }

    /** What is wrong with a file, a sentence each; nothing where it is what the key has signed. */
    static List<String> faults(String file, SigningKey key) {
        try {
            var members = members(file);
            if (!List.copyOf(members.keySet())
                    .equals(List.of("certificate", "digests", "key_id", "signature"))) {
                return List.of("The file is not a certificate of a deletion.");
            }
            return faults(members, key);
        } catch (IllegalArgumentException e) {
            return List.of("The file cannot be read: " + e.getMessage());
        }
    }

    private static List<String> faults(Map<String, String> members, SigningKey key) {
        var faults = new ArrayList<String>();
        var certificate = Objects.requireNonNull(members.get("certificate"));
        var told = members(Objects.requireNonNull(members.get("digests")));
        var parts = members(certificate);
        parts.forEach((part, text) -> {
            if (!("\"" + digest(text) + "\"").equals(told.get(part))) {
                faults.add("The part " + part + " is not the one that was handed out.");
            }
        });
        told.keySet().stream()
                .filter(it -> !parts.containsKey(it))
                .forEach(it -> faults.add("The part " + it + " is missing."));
        if (!("\"" + key.keyId() + "\"").equals(members.get("key_id"))) {
            faults.add("The file names another key than the one it was checked with.");
        }
        var signature = unquoted(Objects.requireNonNull(members.get("signature")));
        var signed = Signed.sha256(certificate);
        var der = Base64.getDecoder().decode(signature);
        // Bits that no byte needs are part of the text all the same.
        if (!Base64.getEncoder().encodeToString(der).equals(signature)
                || !key.verifies(signed, Bytes.of(der))) {
            faults.add(
                    "The signature is not this key's over this certificate, whose SHA-256 is "
                            + HexFormat.of().formatHex(signed)
                            + ".");
        }
        return faults;
    }

    private static String unquoted(String text) {
        if (text.length() < 2 || text.charAt(0) != '"') {
            throw new IllegalArgumentException("a text is missing");
        }
        return text.substring(1, text.length() - 1);
    }

    /**
     * The members of a JSON object without blanks, each as it is written. Nothing is decoded, so
     * that what is compared are the very bytes.
     */
    static Map<String, String> members(String object) {
        if (object.length() < 2 || object.charAt(0) != '{' || !object.endsWith("}")) {
            throw new IllegalArgumentException("an object is missing");
        }
        var members = new LinkedHashMap<String, String>();
        int at = 1;
        while (at < object.length() - 1) {
            int colon = end(object, at);
            if (object.charAt(colon) != ':') {
                throw new IllegalArgumentException("a name has no value");
            }
            int end = end(object, colon + 1);
            var name = unquoted(object.substring(at, colon));
            if (members.put(name, object.substring(colon + 1, end)) != null) {
                throw new IllegalArgumentException("a name stands twice");
            }
            at = end + 1;
        }
        return members;
    }

    // Where the value that begins here is over: at a colon, a comma or the end of what it stands
    // in.
    private static int end(String json, int from) {
        int depth = 0;
        boolean isText = false;
        for (int at = from; at < json.length(); at++) {
            char character = json.charAt(at);
            if (isText) {
                if (character == '\\') {
                    at++;
                } else if (character == '"') {
                    isText = false;
                }
                continue;
            }
            switch (character) {
                case '"' -> isText = true;
                case '{', '[' -> depth++;
                case '}', ']' -> {
                    if (depth-- == 0) {
                        return at;
                    }
                }
                case ',', ':' -> {
                    if (depth == 0) {
                        return at;
                    }
                }
                default -> {}
            }
        }
        throw new IllegalArgumentException("it ends too early");
    }

    private static String digest(String text) {
        return HexFormat.of().formatHex(Signed.sha256(text));
    }
}

package com.fluxvantage.lifecycle;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/**
 * Says whether an export that was fetched is whole and ours. It needs this one file and a Java, no
 * database, no network and no library:
 *
 * <pre>java com/fluxvantage/lifecycle/VerifyExport.java FOLDER PUBLIC-KEY.pem</pre>
 *
 * <p>The key has to come from the platform by another way than the export: the one that lies in the
 * folder says nothing. Answers 0 where all is well; 1 with a line for each thing that is not, which
 * names the file; 2 where it was called wrongly.
 */
public final class VerifyExport {
    private static final String MANIFEST = "manifest.json";
    private static final String SIGNATURE = "manifest.json.sig";
    private static final String KEY = "signing-key.pem";
    private static final Set<String> BESIDE = Set.of(MANIFEST, SIGNATURE, KEY);
    private static final int BUFFER = 64 * 1024;

    private final Path folder;
    private final List<String> faults = new ArrayList<>();

    private VerifyExport(Path folder) {
        this.folder = folder;
    }

    /** The folder of the export, and the public key. */
    public static void main(String... arguments) {
        System.exit(
                run(arguments, new PrintStream(new FileOutputStream(FileDescriptor.out), true)));
    }

    static int run(String[] arguments, PrintStream out) {
        if (arguments.length != 2) {
            out.println("usage: java VerifyExport.java FOLDER PUBLIC-KEY.pem");
            return 2;
        }
        List<String> faults;
        try {
            faults = verify(Path.of(arguments[0]), Files.readString(Path.of(arguments[1])));
        } catch (IOException e) {
            out.println("cannot be read: " + e.getMessage());
            return 2;
        }
        faults.forEach(out::println);
        out.println(faults.isEmpty() ? "whole and signed" : faults.size() + " faults");
        return faults.isEmpty() ? 0 : 1;
    }

    /** A sentence for each thing that is wrong; none where the export is whole and signed. */
    static List<String> verify(Path folder, String publicKey) {
        var verifying = new VerifyExport(folder);
        try {
            verifying.verify(publicKey);
        } catch (NoSuchFileException e) {
            verifying.faults.add(Path.of(e.getMessage()).getFileName() + ": is missing");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(verifying.faults);
    }

    private void verify(String publicKey) throws IOException {
        byte[] manifest = Files.readAllBytes(folder.resolve(MANIFEST));
        // What is not signed by us is not looked into any further.
        if (!isSigned(manifest, Files.readAllBytes(folder.resolve(SIGNATURE)), publicKey)) {
            faults.add(SIGNATURE + ": is not the signature of " + MANIFEST + " with this key");
            return;
        }
        var document = object(new Json(new String(manifest, StandardCharsets.UTF_8)).document());
        if (!"fluxvantage-export".equals(document.get("format"))
                || !Long.valueOf(1).equals(document.get("format_version"))) {
            faults.add(MANIFEST + ": is of a format that this verifier does not know");
            return;
        }
        var files = new LinkedHashMap<String, Map<String, Object>>();
        for (Object file : list(of(document, "files"))) {
            files.put(text(of(object(file), "path")), object(file));
        }
        for (var file : files.entrySet()) {
            compare(file.getKey(), file.getValue());
        }
        count(document, files);
        findStrangers(files.keySet());
    }

    private boolean isSigned(byte[] manifest, byte[] signature, String publicKey) {
        try {
            String base64 = publicKey.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
            var verifying = Signature.getInstance("SHA256withECDSA");
            verifying.initVerify(
                    KeyFactory.getInstance("EC")
                            .generatePublic(
                                    new X509EncodedKeySpec(Base64.getDecoder().decode(base64))));
            verifying.update(manifest);
            return verifying.verify(signature);
        } catch (SignatureException _) {
            return false;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException("this is no public key of P-256 in PEM", e);
        }
    }

    private void compare(String path, Map<String, Object> expected) throws IOException {
        var file = folder.resolve(path).normalize();
        if (!file.startsWith(folder.normalize())) {
            faults.add(path + ": leads out of the folder");
            return;
        }
        if (!Files.isRegularFile(file)) {
            faults.add(path + ": is missing");
            return;
        }
        long bytes = Files.size(file);
        if (bytes != number(of(expected, "bytes"))) {
            faults.add(path + ": has " + bytes + " bytes in place of " + expected.get("bytes"));
        }
        String sha256 = sha256(file);
        if (!sha256.equals(expected.get("sha256"))) {
            faults.add(
                    path
                            + ": has the SHA-256 "
                            + sha256
                            + " in place of "
                            + expected.get("sha256"));
            return;
        }
        if ("rows".equals(expected.get("kind"))) {
            long rows = lines(file);
            if (rows != number(of(expected, "rows"))) {
                faults.add(path + ": has " + rows + " rows in place of " + expected.get("rows"));
            }
        }
    }

    // The sums of a signed manifest are right, or whoever made it counted wrongly.
    private void count(Map<String, Object> document, Map<String, Map<String, Object>> files) {
        long all = 0;
        for (Object entry : list(of(document, "tables"))) {
            var table = object(entry);
            long rows = 0;
            for (Object path : list(of(table, "files"))) {
                var file = files.get(text(path));
                rows += file == null ? 0 : number(of(file, "rows"));
            }
            if (rows != number(of(table, "rows"))) {
                faults.add(
                        "%s: its files have %d rows in place of %s"
                                .formatted(table.get("name"), rows, table.get("rows")));
            }
            all += rows;
        }
        var totals = object(of(document, "totals"));
        if (all != number(of(totals, "rows")) || files.size() != number(of(totals, "files"))) {
            faults.add(MANIFEST + ": its totals are not the sums of its files");
        }
    }

    private void findStrangers(Set<String> known) throws IOException {
        try (var found = Files.walk(folder)) {
            var strangers =
                    found.filter(Files::isRegularFile)
                            .map(it -> folder.relativize(it).toString().replace('\\', '/'))
                            .filter(it -> !known.contains(it) && !BESIDE.contains(it))
                            .sorted()
                            .collect(Collectors.toCollection(LinkedHashSet::new));
            strangers.forEach(it -> faults.add(it + ": is not in the manifest"));
        }
    }

    private static long lines(Path file) throws IOException {
        long lines = 0;
        byte[] buffer = new byte[BUFFER];
        try (var in = new GZIPInputStream(Files.newInputStream(file), BUFFER)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                for (int at = 0; at < read; at++) {
                    if (buffer[at] == '\n') {
                        lines++;
                    }
                }
            }
        }
        return lines;
    }

    private static String sha256(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static Object of(Map<String, Object> map, String name) {
        var value = map.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the manifest has no " + name);
        }
        return value;
    }

    @SuppressWarnings("unchecked") // what a manifest has there, and its signature is ours
    private static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    private static List<?> list(Object value) {
        return (List<?>) value;
    }

    private static String text(Object value) {
        return (String) value;
    }

    private static long number(Object value) {
        return (Long) value;
    }

    /**
     * Reads JSON as this platform writes it (RFC 8785, whole numbers), since whoever verifies
     * should need no library.
     */
    private static final class Json {
        private final String text;
        private int at;

        private Json(String text) {
            this.text = text;
        }

        private Object document() {
            Object value = value();
            if (at != text.length()) {
                throw new IllegalArgumentException("more than one JSON value");
            }
            return value;
        }

        private Object value() {
            return switch (text.charAt(at)) {
                case '{' -> map();
                case '[' -> array();
                case '"' -> string();
                case 't' -> word("true", true);
                case 'f' -> word("false", false);
                case 'n' -> word("null", "");
                default -> whole();
            };
        }

        private Map<String, Object> map() {
            var map = new LinkedHashMap<String, Object>();
            at++;
            while (text.charAt(at) != '}') {
                String name = string();
                expect(':');
                map.put(name, value());
                if (text.charAt(at) == ',') {
                    at++;
                }
            }
            at++;
            return map;
        }

        private List<Object> array() {
            var list = new ArrayList<>();
            at++;
            while (text.charAt(at) != ']') {
                list.add(value());
                if (text.charAt(at) == ',') {
                    at++;
                }
            }
            at++;
            return list;
        }

        private String string() {
            var string = new StringBuilder();
            expect('"');
            while (text.charAt(at) != '"') {
                char c = text.charAt(at++);
                string.append(c == '\\' ? escaped() : c);
            }
            at++;
            return string.toString();
        }

        private char escaped() {
            char c = text.charAt(at++);
            return switch (c) {
                case 'b' -> '\b';
                case 't' -> '\t';
                case 'n' -> '\n';
                case 'f' -> '\f';
                case 'r' -> '\r';
                case 'u' -> (char) Integer.parseInt(text.substring(at, at += 4), 16);
                default -> c;
            };
        }

        private Long whole() {
            int from = at;
            while (at < text.length() && "-0123456789".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            return Long.valueOf(text.substring(from, at));
        }

        private Object word(String word, Object value) {
            if (!text.startsWith(word, at)) {
                throw new IllegalArgumentException("no JSON at " + at);
            }
            at += word.length();
            return value;
        }

        private void expect(char c) {
            if (text.charAt(at) != c) {
                throw new IllegalArgumentException("no JSON at " + at);
            }
            at++;
        }
    }
}

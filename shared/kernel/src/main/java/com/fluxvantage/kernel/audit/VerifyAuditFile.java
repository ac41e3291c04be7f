package com.fluxvantage.kernel.audit;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.SigningKey;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Verifies a file of an audit trail without the platform: {@code java -cp fluxvantage-kernel.jar
 * com.fluxvantage.kernel.audit.VerifyAuditFile FILE KEY.pem... [--copies COPIES]}. The keys come
 * from where the reader trusts and never from the file. Copies are a file or a folder of what was
 * kept of the chain where nobody can change it: with them it is also seen that an end was cut off
 * together with everything that told of it. Exits with 0 where all is as it was, with 1 and a line
 * for each finding where it is not, with 2 where there is nothing to verify.
 */
public final class VerifyAuditFile {
    private static final int WHOLE = 0;
    private static final int BROKEN = 1;
    private static final int UNREADABLE = 2;

    private static final String COPIES = "--copies";

    private VerifyAuditFile() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out));
    }

    /** The exit code. */
    public static int run(String[] arguments, PrintStream out) {
        var given = Arrays.asList(arguments);
        int copies = given.indexOf(COPIES);
        int keysEnd = copies < 0 ? given.size() : copies;
        if (keysEnd < 2 || (copies >= 0 && given.size() != copies + 2)) {
            out.println("usage: VerifyAuditFile FILE PUBLIC-KEY.pem... [--copies FILE-OR-FOLDER]");
            return UNREADABLE;
        }
        try {
            var keys = new ArrayList<SigningKey>();
            for (String key : given.subList(1, keysEnd)) {
                keys.add(pem(key, Files.readString(Path.of(key))));
            }
            var copied = copies < 0 ? List.<String>of() : copies(Path.of(given.get(copies + 1)));
            try (var file = Files.newBufferedReader(Path.of(given.getFirst()))) {
                return told(check(file, keys, copied), copied.size(), out);
            }
        } catch (IOException e) {
            out.println("cannot be read: " + e.getMessage());
            return UNREADABLE;
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            out.println("is not what it should be: " + e.getMessage());
            return UNREADABLE;
        }
    }

    // As they were fetched: a folder in which each copy is a file of a line.
    private static List<String> copies(Path place) throws IOException {
        try (var all = Files.walk(place)) {
            var lines = new ArrayList<String>();
            for (var file : all.filter(Files::isRegularFile).sorted().toList()) {
                lines.addAll(Files.readAllLines(file));
            }
            return lines;
        }
    }

    private static AuditCheck check(BufferedReader file, List<SigningKey> keys, List<String> copies)
            throws IOException {
        String first = file.readLine();
        if (first == null) {
            throw new IllegalArgumentException("the file is empty");
        }
        var check = new AuditCheck(AuditLines.tenant(first), keys);
        copies.forEach(it -> AuditLines.tellCopy(check, it));
        boolean isComplete = false;
        for (String line = file.readLine(); line != null; line = file.readLine()) {
            isComplete = AuditLines.tell(check, line);
        }
        if (!isComplete) {
            check.cutOff();
        }
        check.over();
        return check;
    }

    private static int told(AuditCheck check, int copies, PrintStream out) {
        check.findings().forEach(it -> out.println(it.kind() + ": " + it.sentence()));
        out.printf(
                "%d entries in %d segments, %d signatures verified, %d copies compared, %d findings%n",
                check.entries(),
                check.segments(),
                check.signatures(),
                copies,
                check.findings().size());
        return check.findings().isEmpty() ? WHOLE : BROKEN;
    }

    private static SigningKey pem(String name, String text) {
        String base64 = text.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        return new SigningKey(
                name,
                Bytes.of(Base64.getDecoder().decode(base64.getBytes(StandardCharsets.US_ASCII))));
    }
}

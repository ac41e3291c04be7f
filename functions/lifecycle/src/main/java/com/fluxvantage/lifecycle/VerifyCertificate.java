package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.SigningKey;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * Checks the certificate of a deletion without the platform: from a file, the public key in Base64
 * (X.509 SubjectPublicKeyInfo) and the key's id. Exit code 0 when it is what was signed, 1 when not
 * and a sentence for each thing that differs, 2 when it was called wrongly.
 */
public final class VerifyCertificate {
    private VerifyCertificate() {}

    /** Called with the names of two files and the key's id. */
    public static void main(String[] arguments) {
        System.exit(run(System.out, arguments));
    }

    static int run(PrintStream out, String... arguments) {
        if (arguments.length != 3) {
            out.println("usage: VerifyCertificate <certificate> <public key> <key id>");
            return 2;
        }
        try {
            var file = Files.readString(Path.of(arguments[0]), StandardCharsets.UTF_8).strip();
            var spki =
                    Base64.getMimeDecoder()
                            .decode(
                                    Files.readString(
                                            Path.of(arguments[1]), StandardCharsets.US_ASCII));
            var faults = CertificateFile.faults(file, new SigningKey(arguments[2], Bytes.of(spki)));
            faults.forEach(out::println);
            out.println(faults.isEmpty() ? "The certificate is what was signed." : "NOT VERIFIED");
            return faults.isEmpty() ? 0 : 1;
        } catch (IOException | IllegalArgumentException e) {
            out.println("cannot be read: " + e.getMessage());
            return 2;
        }
    }
}

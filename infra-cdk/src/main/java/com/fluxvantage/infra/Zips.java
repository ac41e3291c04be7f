package com.fluxvantage.infra;

import software.amazon.awscdk.services.lambda.Code;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;

/**
 * Where the functions' code is. A missing zip is an error, except where stand-ins are asked for:
 * they show what would be deployed and can never be it, since nothing in them runs.
 */
public sealed interface Zips {
    /** Zips as they are packaged, below the project's root. */
    record Packaged(Path root) implements Zips {}

    /** A file that says what it stands in for, made below this folder. */
    record StandIns(Path folder) implements Zips {}

    /** The code that the operations of one domain share. */
    default Code of(Domain domain) {
        return code(Path.of("functions", domain.name()), domain.name());
    }

    /** The code that migrates the database, and the certificates by which it knows the server. */
    default Code ofMigrations() {
        var code = code(Path.of("migrations"), "migrations");
        if (this instanceof Packaged(var root)) {
            mustHoldCertificates(root.resolve("migrations/target/migrations.zip"));
        }
        return code;
    }

    /** The code of the platform's own functions. */
    default Code ofDispatch() {
        return code(Path.of("functions", "dispatch"), "dispatch");
    }

    private Code code(Path module, String name) {
        return switch (this) {
            case Packaged(var root) -> {
                var zip = root.resolve(module).resolve("target").resolve(name + ".zip");
                if (Files.notExists(zip)) {
                    throw new IllegalStateException(
                            zip
                                    + " is missing: package the functions first, or ask for"
                                    + " stand-ins with -c stand-ins=true");
                }
                yield Code.fromAsset(zip.toString());
            }
            case StandIns(var folder) -> Code.fromAsset(standIn(folder.resolve(name), name));
        };
    }

    private static void mustHoldCertificates(Path migrations) {
        try (var zip = new ZipFile(migrations.toFile())) {
            if (zip.getEntry("certificates/rds-ca.pem") == null) {
                throw new IllegalStateException(
                        migrations
                                + " lacks the certificates of Amazon's databases: put them into"
                                + " migrations/certificates/rds-ca.pem, as docs/deploy.md says, and"
                                + " package it again");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String standIn(Path folder, String name) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("STAND-IN"), name + "\n");
            return folder.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package com.fluxvantage.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

/** What is swept out of memory is what nobody can be using. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TestFoldersTest {
    private static final Duration LONG_AGO = TestFolders.LONGEST_BUILD.plusMinutes(1);

    /** Beyond what any system numbers its processes with. */
    private static final long OF_NOBODY = Integer.MAX_VALUE;

    @TempDir private Path memory;

    @Test
    void what_a_process_left_long_ago_is_swept_and_nothing_else() throws IOException {
        var left = folder(TestFolders.NAME, OF_NOBODY, LONG_AGO);
        var young = folder(TestFolders.NAME, OF_NOBODY, Duration.ofMinutes(1));
        var used = folder(TestFolders.NAME, ProcessHandle.current().pid(), LONG_AGO);
        var others = folder("postgres-of-others-", OF_NOBODY, LONG_AGO);

        TestFolders.sweep(memory);

        assertThat(left).doesNotExist();
        assertThat(young).isNotEmptyDirectory();
        assertThat(used).isNotEmptyDirectory();
        assertThat(others).isNotEmptyDirectory();
    }

    private Path folder(String name, long pid, Duration age) throws IOException {
        var folder = Files.createDirectories(memory.resolve(name + pid + "-" + age.toMinutes()));
        Files.createFile(folder.resolve("PG_VERSION"));
        Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minus(age)));
        return folder;
    }
}

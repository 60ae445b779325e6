package dev.memoryrouter.store.lucene;

import static dev.memoryrouter.store.Records.DIMENSION;
import static dev.memoryrouter.store.Records.add;
import static dev.memoryrouter.store.Records.axis;
import static dev.memoryrouter.store.Records.section;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.Records;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.Change;
import dev.memoryrouter.store.VectorStore.Embedded;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged files and killed writers.
class LuceneDamageIT {
  private static final IndexIdentity IDENTITY = new IndexIdentity("test", DIMENSION, "1");
  private static final String BANK = "app";

  @TempDir Path root;

  @Test
  void apply_writerKilledAtAnyMoment_lastCommitIsWhole() throws Exception {
    for (int kill = 0; kill < 2; kill++) {
      Process writer = startWriter();
      try (InputStream commits = writer.getInputStream()) {
        int known = 0;
        // Each byte is a commit that returned; the kill comes in the middle of a later one.
        for (int i = 0; i < 3 + 5 * kill; i++) {
          known = commits.read();
        }
        writer.destroyForcibly().waitFor();
        try (VectorStore store = LuceneVectorStore.open(root, IDENTITY)) {
          assertThat(store.problem(BANK)).isEmpty();
          int size = store.size(BANK).orElseThrow().sections();
          assertThat(store.problem(BANK)).isEmpty();
          assertThat(size % Writer.PER_COMMIT).isZero();
          assertThat(size).isGreaterThanOrEqualTo(known * Writer.PER_COMMIT);
          assertThat(store.nearest(BANK, axis(0), 5)).hasSize(5);
          store.apply(BANK, new Change(true, Set.of(), List.of(), List.of(), List.of()));
        }
      }
    }
  }

  private Process startWriter() throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            root.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /// Commits without end, and writes the number of commits of this run to its output after each.
  static final class Writer {
    static final int PER_COMMIT = 40;

    private Writer() {}

    public static void main(String[] args) throws IOException {
      try (VectorStore store = LuceneVectorStore.open(Path.of(args[0]), IDENTITY)) {
        for (int commit = 1; commit < 200; commit++) {
          store.apply(BANK, change(commit));
          System.out.write(commit);
          System.out.flush();
        }
      }
    }

    private static Change change(int commit) {
      List<SectionRecord> sections = new ArrayList<>();
      List<Embedded> chunks = new ArrayList<>();
      for (int i = 0; i < PER_COMMIT; i++) {
        SectionRecord section = section(commit + "-" + i, i + 1, "text of " + i);
        sections.add(section);
        chunks.add(Records.embedded(section, i));
      }
      return new Change(false, Set.of(), sections, chunks, List.of());
    }
  }

  @Test
  void open_eachFileDamaged_isNeverAnExceptionAndIsRepaired() throws IOException {
    List<Path> files = damagedCopies();
    assertThat(files).isNotEmpty();
    for (Path copy : files) {
      try (VectorStore damaged = LuceneVectorStore.open(copy, IDENTITY)) {
        assertThat(damaged.size(BANK)).as("%s", copy).isEmpty();
        assertThat(damaged.nearest(BANK, axis(0), 5)).isEmpty();
        assertThat(damaged.problem(BANK)).as("%s", copy).isPresent();
        damaged.apply(BANK, add(section("b", 1, "two"), 0));
        assertThat(damaged.sections(BANK)).containsOnlyKeys("b");
        assertThat(damaged.problem(BANK)).isEmpty();
      }
    }
  }

  /// For each file of an index a copy in which it is shortened, one in which a byte is changed, and
  /// one in which it is missing.
  private List<Path> damagedCopies() throws IOException {
    try (VectorStore store = LuceneVectorStore.open(root, IDENTITY)) {
      store.apply(BANK, add(section("a", 1, "one"), 0));
    }
    Path index = root.resolve("lucene").resolve(BANK);
    List<Path> copies = new ArrayList<>();
    for (Path file : list(index)) {
      if (file.endsWith("write.lock")) {
        continue;
      }
      for (String damage : List.of("short", "flip", "missing")) {
        Path copy = root.resolve("copy-" + copies.size());
        Path target = copy.resolve("lucene").resolve(BANK);
        Files.createDirectories(target);
        for (Path source : list(index)) {
          Files.copy(source, target.resolve(source.getFileName()));
        }
        damage(target.resolve(file.getFileName()), damage);
        copies.add(copy);
      }
    }
    return copies;
  }

  private static void damage(Path file, String damage) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    switch (damage) {
      case "short" -> Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
      case "flip" -> {
        bytes[bytes.length / 2] ^= 0x55;
        Files.write(file, bytes);
      }
      default -> Files.delete(file);
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}

package dev.memoryrouter.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A folder that is gone with all that is in it once it is closed.
public record TemporaryFolder(Path path) implements AutoCloseable {
  /// A new one among the system's temporary files.
  public static TemporaryFolder create(String prefix) throws IOException {
    return new TemporaryFolder(Files.createTempDirectory(prefix));
  }

  @Override
  public void close() throws IOException {
    for (Path file : innermostFirst()) {
      Files.deleteIfExists(file);
    }
  }

  private List<Path> innermostFirst() throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      return files.sorted(Comparator.reverseOrder()).toList();
    }
  }
}

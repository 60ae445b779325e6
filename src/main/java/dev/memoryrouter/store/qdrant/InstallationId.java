package dev.memoryrouter.store.qdrant;

import dev.memoryrouter.files.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;

/// Whose banks are whose in a server that several installations share, since their banks have the
/// same names: an id that is made once and kept beside what else an installation stores.
public final class InstallationId {
  private static final String FILE = "qdrant-owner";

  private InstallationId() {}

  /// The id that a folder holds.
  ///
  /// @param readOnly whether a missing one is not written; it then owns nothing
  /// @throws UncheckedIOException with a sentence for users if the file cannot be read or written
  public static String of(Path folder, boolean readOnly) {
    Path file = folder.resolve(FILE);
    try {
      return Files.readString(file).strip();
    } catch (NoSuchFileException _) {
      return fresh(file, readOnly);
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  private static String fresh(Path file, boolean readOnly) {
    String id = UUID.randomUUID().toString();
    try {
      if (!readOnly) {
        AtomicFiles.write(file, id.getBytes(StandardCharsets.UTF_8));
      }
      return id;
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  private static UncheckedIOException failed(Path file, IOException cause) {
    return new UncheckedIOException(
        "store.qdrant: "
            + file
            + ", which says whose the banks in the server are, cannot be kept: "
            + cause.getMessage(),
        cause);
  }
}

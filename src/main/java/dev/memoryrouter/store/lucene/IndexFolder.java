package dev.memoryrouter.store.lucene;

import dev.memoryrouter.store.IndexIdentity;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.ThreadInterruptedException;

/// The files of one bank's index: what is there, whether it is whole, and whose it is.
///
/// @param path need not exist
record IndexFolder(Path path) {
  /// Counts changes of the fields; an index of another format is made anew.
  private static final String FORMAT = "2";

  private static final String WRITE_LOCK = "write.lock";

  /// Names, sizes and times of the commit files; changes with every commit.
  String commits() throws IOException {
    StringBuilder commits = new StringBuilder();
    for (Path file : files()) {
      if (file.getFileName().toString().startsWith("segments")) {
        commits.append(file.getFileName()).append(' ');
        commits.append(Files.size(file)).append(' ');
        commits.append(Files.getLastModifiedTime(file).toMillis()).append('\n');
      }
    }
    return commits.toString();
  }

  boolean hasCommit() throws IOException {
    return files().stream().anyMatch(file -> file.getFileName().toString().startsWith("segments_"));
  }

  boolean isEmpty() throws IOException {
    return files().stream().allMatch(file -> file.getFileName().toString().equals(WRITE_LOCK));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.sorted().toList();
    } catch (NoSuchFileException _) {
      return List.of();
    }
  }

  /// Removes everything; the index is made again from the bank.
  void clear() throws IOException {
    for (Path file : files()) {
      if (!file.getFileName().toString().equals(WRITE_LOCK)) {
        Files.deleteIfExists(file);
      }
    }
  }

  /// Opens the last commit and reads every byte of it once against the checksums.
  static DirectoryReader openWhole(Directory directory) throws IOException {
    DirectoryReader reader = DirectoryReader.open(directory);
    boolean whole = false;
    try {
      for (LeafReaderContext leaf : reader.leaves()) {
        if (leaf.reader() instanceof CodecReader segment) {
          segment.checkIntegrity();
        }
      }
      whole = true;
      return reader;
    } finally {
      if (!whole) {
        reader.close();
      }
    }
  }

  /// Whether a failure to open means damage. Other failures, such as an interrupt, missing rights
  /// or too many open files, must not cost the index.
  static boolean isDamage(Exception failure) {
    return switch (failure) {
      case CorruptIndexException _,
          IndexFormatTooOldException _,
          IndexFormatTooNewException _,
          EOFException _,
          FileNotFoundException _,
          NoSuchFileException _ ->
          true;
      case ThreadInterruptedException _ -> false;
      case RuntimeException _ -> true;
      default -> false;
    };
  }

  static Map<String, String> userData(IndexIdentity identity) {
    return Map.of(
        "format", FORMAT,
        "model", identity.model(),
        "dimension", Integer.toString(identity.dimension()),
        "chunker", identity.chunker());
  }

  static boolean belongsTo(IndexIdentity identity, DirectoryReader reader) throws IOException {
    return userData(identity).equals(reader.getIndexCommit().getUserData());
  }
}

package dev.memoryrouter.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// The right to write the indexes below a folder, held through the file `.lock` in it. The
/// operating system frees it when the process ends, however it ends; the file itself stays.
public final class IndexLock implements AutoCloseable {
  private static final String NAME = ".lock";

  private final FileChannel channel;

  private IndexLock(FileChannel channel) {
    this.channel = channel;
  }

  /// Takes the lock if nobody has it, without waiting. Creates the folder where needed.
  ///
  /// @return empty if another process, or another part of this one, holds it
  /// @throws IOException if the folder cannot be written
  public static Optional<IndexLock> tryAcquire(Path folder) throws IOException {
    Files.createDirectories(folder);
    FileChannel channel =
        FileChannel.open(folder.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      FileLock lock = channel.tryLock();
      locked = lock != null;
    } catch (OverlappingFileLockException _) {
      locked = false;
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    return locked ? Optional.of(new IndexLock(channel)) : Optional.empty();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

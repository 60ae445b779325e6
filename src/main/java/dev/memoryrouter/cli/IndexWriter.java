package dev.memoryrouter.cli;

import dev.memoryrouter.files.IndexLock;
import dev.memoryrouter.files.ServerAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Who may write the index now.
sealed interface IndexWriter {
  /// This process, as long as the lock is not closed.
  record Own(IndexLock lock) implements IndexWriter, AutoCloseable {
    @Override
    public void close() throws IOException {
      lock.close();
    }
  }

  /// A server that holds the lock.
  record Server(String url) implements IndexWriter {}

  /// How long a server may take from the lock to its address.
  Duration START = Duration.ofSeconds(5);

  /// Takes the lock, or finds the server that has it.
  ///
  /// @throws CommandFailure when somebody else has it
  static IndexWriter find(Path store) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    do {
      Optional<IndexLock> lock = lock(store);
      if (lock.isPresent()) {
        return new Own(lock.get());
      }
      Optional<ServerAddress> server = ServerAddress.read(store);
      if (server.isPresent()) {
        return new Server(server.get().baseUrl());
      }
      Thread.sleep(Duration.ofMillis(100));
    } while (System.nanoTime() < deadline);
    throw new CommandFailure(
        "Another process writes the index in "
            + store
            + " and is no server that could be asked: wait until it is done.");
  }

  private static Optional<IndexLock> lock(Path store) {
    try {
      return IndexLock.tryAcquire(store);
    } catch (IOException e) {
      throw new CommandFailure(
          "The index folder %s cannot be used: %s. Set VECTOR_STORE_PATH to a folder that can be written."
              .formatted(store, Failures.sentence(e)));
    }
  }
}

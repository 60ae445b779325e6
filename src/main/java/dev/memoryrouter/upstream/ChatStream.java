package dev.memoryrouter.upstream;

/// A streamed answer. Used by one thread; [#close] may come from any thread, ends the upstream call
/// within 100 ms and is idempotent.
public interface ChatStream extends AutoCloseable {
  /// The next event; blocks. Must not be called after the terminal event.
  ///
  /// @throws InterruptedException when the thread was interrupted: the caller closes the stream
  ChatEvent next() throws InterruptedException;

  @Override
  void close();
}

package dev.memoryrouter.upstream;

import java.util.List;

/// A streamed answer. Used by one thread; [#close] may come from any thread, ends the upstream call
/// within 100 ms and is idempotent.
public interface ChatStream extends AutoCloseable {
  /// The next event; blocks. Must not be called after the terminal event.
  ///
  /// @throws InterruptedException when the thread was interrupted: the caller closes the stream
  ChatEvent next() throws InterruptedException;

  @Override
  void close();

  /// A stream of events that are known from the start.
  ///
  /// @param events the last one is the terminal event
  static ChatStream of(List<ChatEvent> events) {
    return new FixedStream(events);
  }

  /// A stream that only says that the call failed.
  static ChatStream failed(UpstreamFailure failure) {
    return of(List.of(new ChatEvent.Failure(failure)));
  }
}

package dev.memoryrouter.upstream;

/// Talks to one upstream.
public interface ModelClient {
  /// Starts an answer; blocks until the upstream's response headers. A failed start is a stream
  /// whose first event is a [ChatEvent.Failure].
  ///
  /// @throws InterruptedException when the thread was interrupted; the call is cancelled
  ChatStream chat(UpstreamCall call) throws InterruptedException;

  /// Asks the upstream what it has; blocks, at most for the connect timeout plus two seconds.
  UpstreamSnapshot inspect() throws InterruptedException;
}

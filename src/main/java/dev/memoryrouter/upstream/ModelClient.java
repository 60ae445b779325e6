package dev.memoryrouter.upstream;

import java.util.Optional;

/// Talks to one upstream.
public interface ModelClient {
  /// Starts an answer; blocks until the upstream's response headers. A failed start is a stream
  /// whose first event is a [ChatEvent.Failure].
  ///
  /// @throws InterruptedException when the thread was interrupted; the call is cancelled
  ChatStream chat(UpstreamCall call) throws InterruptedException;

  /// Loads the model of a call with the call's context, for upstreams that load on demand and give
  /// a load up when the requester leaves. Blocks, at most for the first-byte timeout.
  ///
  /// @return why it could not be loaded; also empty when there is nothing to do
  default Optional<UpstreamFailure> load(UpstreamCall call) throws InterruptedException {
    return Optional.empty();
  }

  /// Frees the memory of the model of a call, for upstreams that load on demand. A running answer
  /// of it is not ended.
  default void unload(UpstreamCall call) throws InterruptedException {}

  /// Asks the upstream what it has; blocks, at most for the connect timeout plus two seconds.
  UpstreamSnapshot inspect() throws InterruptedException;
}

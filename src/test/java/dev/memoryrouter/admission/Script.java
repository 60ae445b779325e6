package dev.memoryrouter.admission;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one client of a simulation does: requests one after another, whatever becomes of them.
///
/// @param conversation null when its requests have no common prefix
/// @param start when it comes
/// @param patience after which a client that waits leaves
/// @param fallback model that is asked when the first one fails; null for none
public record Script(
    String name,
    ModelId model,
    @Nullable ModelId fallback,
    @Nullable String conversation,
    Duration start,
    Duration patience,
    List<Request> requests) {
  public Script {
    requests = List.copyOf(requests);
  }

  /// One request.
  ///
  /// @param generation time of the answer without load and prompt
  /// @param prompt time to read the whole prompt, when it is not in the cache
  /// @param toolCall whether the answer ends in a tool call
  /// @param pause until the client's next request
  /// @param fails whether the upstream fails in the middle of the answer
  public record Request(
      PriorityClass priority,
      Duration generation,
      Duration prompt,
      boolean toolCall,
      Duration pause,
      boolean fails) {}
}

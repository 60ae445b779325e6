package dev.memoryrouter.admission;

import java.time.Duration;

/// What comes of waiting.
public sealed interface Turn {
  /// It is this request's turn. Whoever gets the permit ends it.
  record Granted(Permit permit) implements Turn {}

  /// There will be no turn.
  ///
  /// @param retryAfter when it may be worth another try; from one second to a minute
  record Refused(RefusalReason reason, Duration retryAfter) implements Turn {}
}

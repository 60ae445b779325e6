package dev.memoryrouter.upstream;

import java.util.Locale;

/// How a circuit stands.
public enum CircuitState {
  /// Calls go through.
  CLOSED,
  /// A few calls probe whether the upstream works again.
  HALF_OPEN,
  /// The upstream failed too often and is left alone for a while.
  OPEN;

  /// The name used in answers, such as `half-open`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

package dev.memoryrouter.admission;

import java.util.Locale;

/// Why a request gets no turn.
public enum RefusalReason {
  /// As many wait as may.
  FULL,
  /// Its turn would come after the time it has.
  HOPELESS,
  /// It waited as long as it may.
  WAITED_TOO_LONG,
  /// Its upstream does not answer any more.
  UNREACHABLE,
  /// An administrator removed it.
  REMOVED,
  /// The server stops.
  DRAINING;

  /// The name in metrics and traces.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

package dev.memoryrouter.upstream;

import java.time.Duration;

/// When an upstream that fails is left alone, and for how long.
///
/// @param failureRate share of failed and slow calls from which it is left alone, above 0 to 1
/// @param window how many of the last calls count, at least `minimumCalls`; a count, because calls
///   that time out end minutes apart and would never meet within a window of time
/// @param minimumCalls fewer calls decide nothing
/// @param slowCall a call whose first payload takes longer, the loading of its model left out,
///   counts as failed
/// @param openFor how long it is left alone before a call probes it
/// @param probes calls that must succeed before it is trusted again; so many run at once at most
public record CircuitSettings(
    double failureRate,
    int window,
    int minimumCalls,
    Duration slowCall,
    Duration openFor,
    int probes) {
  /// When one model fails and the next one on the same upstream stands in for it, up to three of
  /// five calls fail: that is no reason to leave the upstream alone, so the rate is above it.
  public static final CircuitSettings DEFAULT =
      new CircuitSettings(0.7, 10, 5, Duration.ofMinutes(2), Duration.ofSeconds(15), 1);

  /// How many of the last calls count.
  int counted() {
    return Math.max(window, minimumCalls);
  }
}

package dev.memoryrouter.cli.evaluation;

/// Figures as reports print them.
final class Rounding {
  private Rounding() {}

  /// Four decimals.
  static double share(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }

  /// Milliseconds from nanoseconds, two decimals.
  static double millis(long nanos) {
    return Math.round(nanos / 10_000.0) / 100.0;
  }
}

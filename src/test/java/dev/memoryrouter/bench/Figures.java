package dev.memoryrouter.bench;

import java.util.Arrays;
import java.util.Locale;

/// Measured numbers as text.
final class Figures {
  private Figures() {}

  /// With three digits that mean something.
  static String format(double value) {
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }

  /// The value below which a share of the sorted values lies.
  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1L, Math.round(share * (sorted.length - 1)))];
  }
}

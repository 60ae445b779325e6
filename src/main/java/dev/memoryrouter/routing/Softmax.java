package dev.memoryrouter.routing;

import java.util.Arrays;

/// Turns log odds into shares that add up to 1.
final class Softmax {
  private Softmax() {}

  /// @param sharpness factor on the log odds; below 1 the shares are less sure
  static double[] of(double[] logOdds, double sharpness) {
    double largest = Arrays.stream(logOdds).max().orElse(0);
    double[] shares = new double[logOdds.length];
    double sum = 0;
    for (int i = 0; i < shares.length; i++) {
      shares[i] = Math.exp(sharpness * (logOdds[i] - largest));
      sum += shares[i];
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= sum;
    }
    return shares;
  }
}

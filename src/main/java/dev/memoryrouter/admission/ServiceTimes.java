package dev.memoryrouter.admission;

/// How long a model takes, in nanoseconds. Newer turns weigh more: an exponentially weighted mean.
final class ServiceTimes {
  private static final double WEIGHT_OF_NEWEST = 0.2;

  private long mean;
  private boolean meanHasLoad;
  private long longest;
  private long load;

  /// A turn took this long.
  ///
  /// @param loaded whether the model was loaded for it; then the excess over the mean is the load.
  ///   Before anything else is known such a turn must do for the mean
  void add(long taken, boolean loaded) {
    longest = Math.max(longest, taken);
    if (!loaded) {
      mean = meanHasLoad ? taken : weighted(mean, taken);
      meanHasLoad = false;
    } else if (mean == 0) {
      mean = taken;
      meanHasLoad = true;
    } else {
      load = weighted(load, Math.max(0, taken - mean));
    }
  }

  private static long weighted(long old, long newest) {
    return old == 0 ? newest : Math.round(old + WEIGHT_OF_NEWEST * (newest - old));
  }

  /// 0 before the first turn.
  long mean() {
    return mean;
  }

  /// The longest turn so far, loads included; 0 before the first.
  long longest() {
    return longest;
  }

  /// Mean time of a load; 0 before the first.
  long load() {
    return load;
  }
}

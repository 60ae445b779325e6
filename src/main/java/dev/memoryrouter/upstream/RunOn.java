package dev.memoryrouter.upstream;

import org.jspecify.annotations.Nullable;

/// Counts how often a model repeats itself without a pause: pieces that are the same but for white
/// space, which all blank ones are. Some models do so until their output limit. Servers stream one
/// token in each piece; where they join several, the run is only noticed later.
final class RunOn {
  private final int limit;
  private String last = "";
  private int length;

  /// @param limit longest run that is let through; null for any
  RunOn(@Nullable Integer limit) {
    this.limit = limit == null ? Integer.MAX_VALUE : limit;
  }

  /// Takes the next piece.
  ///
  /// @return whether the run is longer than the limit
  boolean exceededBy(String piece) {
    String token = piece.strip();
    length = length > 0 && token.equals(last) ? length + 1 : 1;
    last = token;
    return length > limit;
  }

  /// Pieces of the run so far.
  int length() {
    return length;
  }
}

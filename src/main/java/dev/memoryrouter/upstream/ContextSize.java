package dev.memoryrouter.upstream;

import org.jspecify.annotations.Nullable;

/// The context that is asked for when the configuration sets none: as large as the model's memory
/// allows.
final class ContextSize {
  private static final int STEP = 1024;
  private static final int UNKNOWN = 32_768;

  /// Buffers of the runner beside weights and cache.
  private static final long BUFFERS = 1L << 30;

  private ContextSize() {}

  /// Whether all that the size depends on is known.
  static boolean isKnown(ModelSettings model, UpstreamSnapshot.Model found) {
    return model.memoryBytes() != null
        && found.weightBytes() != null
        && found.kvBytesPerToken() != null
        && found.supportedContext() != null;
  }

  static int of(ModelSettings model, UpstreamSnapshot.@Nullable Model found) {
    long size = model.context();
    if (found != null && found.supportedContext() != null) {
      size = Math.min(size, found.supportedContext());
    }
    Long fitting = found == null ? null : fitting(model, found);
    size = Math.min(size, fitting == null ? UNKNOWN : fitting);
    return (int) Math.max(STEP, size / STEP * STEP);
  }

  private static @Nullable Long fitting(ModelSettings model, UpstreamSnapshot.Model found) {
    Long memory = model.memoryBytes();
    Long weights = found.weightBytes();
    Long perToken = found.kvBytesPerToken();
    if (memory == null || weights == null || perToken == null) {
      return null;
    }
    return Math.max(0, memory - weights - BUFFERS) / perToken;
  }
}

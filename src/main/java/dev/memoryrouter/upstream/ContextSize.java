package dev.memoryrouter.upstream;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The context that is asked for when the configuration sets none: as large as the model's memory
/// allows.
final class ContextSize {
  private static final int STEP = 1024;
  private static final int UNKNOWN = 32_768;

  /// Buffers of the runner beside weights and cache.
  private static final long BUFFERS = 1L << 30;

  private static final double GB = 1L << 30;

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

  /// What to do when the memory holds not even the weights; empty when it does.
  static Optional<String> problem(ModelSettings model, UpstreamSnapshot.Model found) {
    Long memory = model.memoryBytes();
    Long weights = found.weightBytes();
    Long fitting = fitting(model, found);
    if (memory == null || weights == null || fitting == null || fitting >= STEP) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "Model '%s': memory %.1f GB leaves no room for a context beside the weights of '%s' (%.1f GB) and 1 GB of buffers, so that it gets %d tokens. Raise memory in models.yaml, set num-ctx, or use a smaller model.",
            model.key(),
            memory / GB,
            found.name(),
            weights / GB,
            of(model, found)));
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

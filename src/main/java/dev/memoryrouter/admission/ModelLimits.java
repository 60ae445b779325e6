package dev.memoryrouter.admission;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What one model allows.
///
/// @param slots requests that run at once, at least 1; null: as the upstream says, else 1
/// @param machine where it runs: only models of one machine take memory from each other
/// @param memory resident size in bytes; 0 when unknown, which never makes anybody wait
/// @param queueLength requests that may wait
/// @param waitLimit after which a waiting request is refused
public record ModelLimits(
    @Nullable Integer slots, String machine, long memory, int queueLength, Duration waitLimit) {
  /// Of a model that nobody described.
  static final ModelLimits UNKNOWN = new ModelLimits(null, "", 0, 512, Duration.ofMinutes(15));
}

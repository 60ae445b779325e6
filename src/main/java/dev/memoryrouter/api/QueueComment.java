package dev.memoryrouter.api;

import dev.memoryrouter.admission.QueueView.Place;
import java.time.Duration;
import java.util.Optional;

/// What a client that waits is told: its place in the queue, or only that the connection lives.
final class QueueComment {
  private QueueComment() {}

  /// @param place empty when it does not wait for its turn
  static String of(Optional<Place> place) {
    return place
        .map(it -> "queued %d of %d%s".formatted(it.number(), it.of(), about(it)))
        .orElse("keep-alive");
  }

  private static String about(Place place) {
    Duration estimate = place.estimate();
    return estimate == null ? "" : ", about %d s".formatted(Math.max(1, estimate.toSeconds()));
  }
}

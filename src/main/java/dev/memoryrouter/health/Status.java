package dev.memoryrouter.health;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/// How well a component or the whole server works, the best first.
enum Status {
  HEALTHY,
  /// Requests are served, with less than they could have.
  DEGRADED,
  /// Requests are refused.
  UNHEALTHY;

  static Status of(boolean well) {
    return well ? HEALTHY : DEGRADED;
  }

  static Status worst(Collection<Status> all) {
    return all.stream().max(Comparator.naturalOrder()).orElse(HEALTHY);
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

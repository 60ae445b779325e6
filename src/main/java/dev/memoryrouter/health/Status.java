package dev.memoryrouter.health;

import java.util.Locale;

/// How well a component or the whole server works.
enum Status {
  HEALTHY,
  /// Requests are served, with less than they could have.
  DEGRADED;

  static Status of(boolean well) {
    return well ? HEALTHY : DEGRADED;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

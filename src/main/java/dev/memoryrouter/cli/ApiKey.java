package dev.memoryrouter.cli;

import dev.memoryrouter.files.Environment;
import java.util.Arrays;
import java.util.Optional;

/// The key that commands send and show.
final class ApiKey {
  private ApiKey() {}

  /// The first of `ROUTER_API_KEYS`; empty when none is set and none is needed.
  static Optional<String> first(Environment environment) {
    String keys = environment.apply("ROUTER_API_KEYS");
    return keys == null
        ? Optional.empty()
        : Arrays.stream(keys.split(","))
            .map(String::strip)
            .filter(key -> !key.isEmpty())
            .findFirst();
  }
}

package dev.memoryrouter.upstream;

import java.util.Locale;

/// What a model can do besides text.
public enum Capability {
  TOOLS,
  VISION,
  THINKING;

  /// The name used in configuration.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

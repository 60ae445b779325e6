package dev.memoryrouter.routing;

import java.util.Locale;

/// In which class a request waits; the first is served first.
public enum Priority {
  INTERACTIVE,
  AGENT,
  SUBAGENT,
  BACKGROUND;

  /// The name used in configuration.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package dev.memoryrouter.chat;

import java.util.Locale;

/// Whether old tool results of a conversation that does not fit are shortened.
public enum Compaction {
  OFF,
  /// Only when no larger acceptable model can be reached.
  AUTO,
  /// Before a larger model is taken.
  ON;

  /// The name used in configuration.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

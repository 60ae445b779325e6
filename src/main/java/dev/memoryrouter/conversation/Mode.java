package dev.memoryrouter.conversation;

import java.util.Locale;

/// Whether the agent plans or acts.
public enum Mode {
  PLAN,
  ACT;

  /// The name used in configuration and in answers.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

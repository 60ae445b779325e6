package dev.memoryrouter.admission;

import java.util.Locale;

/// In which class a request waits; the first is served first.
public enum PriorityClass {
  /// A person has just written something.
  INTERACTIVE,
  /// An agent goes on by itself after a tool's result.
  AGENT,
  /// A helper agent that another agent started.
  SUBAGENT,
  /// Nobody waits for it.
  BACKGROUND,
  /// A call beside a conversation, such as one for its title.
  HELPER;

  /// The name in answers and metrics.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

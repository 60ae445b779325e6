package dev.memoryrouter.admission;

import java.util.Locale;

/// In which class a request waits; the first is served first.
public enum PriorityClass {
  /// A person has just written something.
  INTERACTIVE(0),
  /// An agent goes on by itself after a tool's result.
  AGENT(1),
  /// A helper agent that another agent started.
  SUBAGENT(2),
  /// Nobody waits for it.
  BACKGROUND(3),
  /// A call beside a conversation, such as one for its title.
  HELPER(4);

  private final int level;

  PriorityClass(int level) {
    this.level = level;
  }

  /// Classes before it; 0 is the most urgent.
  int level() {
    return level;
  }

  /// The name in answers and metrics.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

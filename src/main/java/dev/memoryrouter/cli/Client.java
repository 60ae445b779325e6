package dev.memoryrouter.cli;

import java.util.Locale;

/// A coding agent that `setup` knows.
enum Client {
  CLINE,
  ROO,
  CONTINUE,
  AIDER,
  OPENCODE,
  KILO,
  QWEN_CODE;

  /// The name on the command line.
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

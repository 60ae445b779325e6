package dev.memoryrouter.conversation;

import java.util.Locale;

/// The agent that sent a request.
public enum ClientKind {
  CLINE,
  CLINE_SDK,
  ROO,
  CONTINUE,
  AIDER,
  OPENCODE,
  KILO,
  QWEN_CODE,
  OTHER;

  /// The name used in configuration and in answers, such as `cline-sdk`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

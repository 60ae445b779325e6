package dev.memoryrouter.upstream;

import java.util.Locale;

/// Why a model stopped.
public enum FinishReason {
  STOP,
  LENGTH,
  TOOL_CALLS,
  CONTENT_FILTER;

  /// OpenAI's name.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package dev.memoryrouter.upstream;

import java.util.Locale;

/// What was changed about an answer on its way, because the model or its server got it wrong.
public enum Correction {
  /// Tool calls that the model printed as text became tool calls.
  REPAIRED_TOOL_CALLS,

  /// Tool calls after the first were left out, because the request allows one.
  DROPPED_PARALLEL_CALLS,

  /// A run of identical or blank tokens was ended.
  STOPPED_RUN_ON;

  /// The name in traces.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

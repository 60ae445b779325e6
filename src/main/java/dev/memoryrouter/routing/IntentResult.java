package dev.memoryrouter.routing;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a turn's words are about.
///
/// @param label an intent's name, [#UNSURE] or [#NONE]
/// @param score of the label, from 0 to 1; for [#UNSURE] that of the best intent, for [#NONE] 0
/// @param scores of all intents, together 1; empty for [#NONE]
public record IntentResult(String label, double score, Map<String, Double> scores) {
  /// No intent stands out.
  public static final String UNSURE = "unsure";

  /// There are no words, or none with content.
  public static final String NONE = "none";

  public IntentResult {
    scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores));
  }

  /// The result for words without content.
  public static IntentResult none() {
    return new IntentResult(NONE, 0, Map.of());
  }
}

package dev.memoryrouter.routing;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a turn's words are about.
///
/// @param label an intent's name, [#UNSURE] or [#NONE]
/// @param score of the label, from 0 to 1; for [#UNSURE] that of the best intent, for [#NONE] 0
/// @param scores of all intents, together 1; empty for [#NONE]
/// @param basis what speaks for it, for people; names examples and keywords of the configuration,
///   never the words themselves
/// @param provisional whether keywords alone told it, because the examples are not learnt yet or
///   the words could not be embedded; asked again the result may be another
public record IntentResult(
    String label, double score, Map<String, Double> scores, String basis, boolean provisional) {
  /// No intent stands out.
  public static final String UNSURE = "unsure";

  /// There are no words, or none with content.
  public static final String NONE = "none";

  public IntentResult {
    scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores));
  }

  /// The result for words without content.
  public static IntentResult none() {
    return none("no words that ask for something");
  }

  /// The result for words that are told to ask for nothing.
  static IntentResult none(String basis) {
    return new IntentResult(NONE, 0, Map.of(), basis, false);
  }

  /// What would be said if another intent were meant.
  ///
  /// @param other its name
  public IntentResult supposing(String other) {
    return new IntentResult(other, scores.getOrDefault(other, 0.0), scores, basis, provisional);
  }
}

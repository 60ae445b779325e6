package dev.memoryrouter.routing;

import java.util.Map;

/// What the classifier makes of a labelled turn.
///
/// @param nanos what it took
public record JudgedTurn(LabelledTurn turn, IntentResult result, long nanos) {
  /// The judgement of a classifier.
  public static JudgedTurn of(LabelledTurn turn, IntentClassifier classifier) {
    long started = System.nanoTime();
    IntentResult result = classifier.classify(turn.utterance());
    return new JudgedTurn(turn, result, System.nanoTime() - started);
  }

  /// The best intent, sure or not; [IntentResult#NONE] for words that ask for nothing.
  public String forced() {
    return result.scores().entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(IntentResult.NONE);
  }

  /// Whether the classifier names an intent.
  public boolean sure() {
    return !result.label().equals(IntentResult.UNSURE) && !idle();
  }

  /// Whether the classifier says that the words ask for nothing.
  public boolean idle() {
    return result.label().equals(IntentResult.NONE);
  }

  /// Whether the best intent is the true one.
  public boolean right() {
    return forced().equals(turn.intent() == null ? IntentResult.NONE : turn.intent());
  }
}

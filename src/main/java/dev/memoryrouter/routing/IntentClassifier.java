package dev.memoryrouter.routing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells what a turn is about. It learns that from the configured examples, and keywords count for
/// their intent besides. Until [#prepare] is done, or when embedding fails, keywords alone decide.
/// Thread-safe.
public final class IntentClassifier {
  /*
   * Each keyword found, up to MAX_KEYWORDS, adds log odds to its intent. SHARPNESS makes the mean
   * score equal to the share of right answers in cross-validation over the shipped examples. Words
   * are unsure when the two best scores are closer than LEAST_LEAD. SMALL_TALK is added to the log
   * odds of small talk, which has fewer examples than the intents.
   */
  private static final int MAX_KEYWORDS = 3;
  private static final double KEYWORD = 0.6;
  private static final double KEYWORD_ALONE = 1.6;
  private static final double SHARPNESS = 1.2;
  private static final double LEAST_LEAD = 0.62;
  private static final double SMALL_TALK = 1.5;

  private static final Logger LOG = LoggerFactory.getLogger(IntentClassifier.class);

  private final Map<String, IntentSettings> intents;
  private final Map<String, Keywords> keywords = new LinkedHashMap<>();
  private final ExampleVectors vectors;
  private volatile @Nullable IntentModel model;

  public IntentClassifier(Map<String, IntentSettings> intents, ExampleVectors vectors) {
    this.intents = intents;
    this.vectors = vectors;
    intents.forEach((name, intent) -> keywords.put(name, new Keywords(intent.keywords())));
  }

  /// Embeds the examples and learns from them; blocks. When embedding fails, keywords go on
  /// deciding.
  public void prepare() {
    try {
      model = IntentModel.train(intents, vectors);
    } catch (RuntimeException e) {
      LOG.warn("Intents are told by keywords only: the examples could not be embedded", e);
    }
  }

  /// Whether the examples are learnt.
  public boolean ready() {
    return model != null;
  }

  /// What the words are about.
  public IntentResult classify(String humanText) {
    return classify(Utterance.of(humanText));
  }

  /// What the words are about.
  public IntentResult classify(Utterance utterance) {
    String text = utterance.text();
    if (intents.isEmpty() || text.isBlank() || SmallTalk.isEmpty(text)) {
      return IntentResult.none();
    }
    Map<String, Integer> found = keywordsIn(text);
    IntentModel learnt = model;
    float[] vector = learnt == null ? null : embedded(text);
    if (learnt == null || vector == null) {
      return decide(withKeywords(Map.of(), found, KEYWORD_ALONE));
    }
    IntentModel.Evidence evidence = learnt.evidence(utterance, vector);
    return isSmallTalk(text, evidence, found)
        ? IntentResult.none()
        : decide(withKeywords(evidence.intents(), found, KEYWORD));
  }

  private float @Nullable [] embedded(String text) {
    try {
      return vectors.ofOne(TextEnds.forMeaning(text));
    } catch (RuntimeException e) {
      LOG.warn("Intent told by keywords only: the turn could not be embedded", e);
      return null;
    }
  }

  private Map<String, Integer> keywordsIn(String text) {
    String lower = TextEnds.of(text).toLowerCase(Locale.ROOT).replace('’', '\'');
    Map<String, Integer> found = new LinkedHashMap<>();
    keywords.forEach((name, words) -> found.put(name, words.countIn(lower)));
    return found;
  }

  private static boolean isSmallTalk(
      String text, IntentModel.Evidence evidence, Map<String, Integer> found) {
    return SmallTalk.possible(text)
        && found.values().stream().allMatch(count -> count == 0)
        && evidence.intents().values().stream()
            .allMatch(odds -> odds < evidence.smallTalk() + SMALL_TALK);
  }

  private static Map<String, Double> withKeywords(
      Map<String, Double> odds, Map<String, Integer> found, double weight) {
    Map<String, Double> sums = new LinkedHashMap<>();
    found.forEach((name, count) ->
        sums.put(name, odds.getOrDefault(name, 0.0) + weight * Math.min(MAX_KEYWORDS, count)));
    return sums;
  }

  private static IntentResult decide(Map<String, Double> odds) {
    double[] shares = Softmax.of(odds.values().stream().mapToDouble(it -> it).toArray(), SHARPNESS);
    Map<String, Double> scores = new LinkedHashMap<>();
    for (String name : odds.keySet()) {
      scores.put(name, shares[scores.size()]);
    }
    List<Map.Entry<String, Double>> ranked = new ArrayList<>(scores.entrySet());
    ranked.sort(Map.Entry.<String, Double>comparingByValue().reversed());
    double best = ranked.getFirst().getValue();
    double second = ranked.size() > 1 ? ranked.get(1).getValue() : 0;
    boolean clear = best - second >= LEAST_LEAD;
    return new IntentResult(clear ? ranked.getFirst().getKey() : IntentResult.UNSURE, best, scores);
  }
}

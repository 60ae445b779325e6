package dev.memoryrouter.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells what a turn is about, by likeness to the configured examples and by keywords. Until
/// [#prepare] is done, or when embedding fails, keywords alone decide. Thread-safe.
public final class IntentClassifier {
  /*
   * The likeness to an intent is the mean cosine to its NEAREST closest examples; each keyword
   * found, up to MAX_KEYWORDS, adds KEYWORD_WEIGHT. The sums become scores that add up to 1 by a
   * softmax whose SHARPNESS was chosen so that a score is about the share of right answers at that
   * score. Words that ask for nothing compete as one more intent, for short texts only.
   */
  private static final int NEAREST = 8;
  private static final int MAX_KEYWORDS = 3;
  private static final double KEYWORD_WEIGHT = 0.08;
  private static final double SHARPNESS = 14;
  private static final double LEAST_MARGIN = 0.06;
  private static final int NEAREST_SMALL_TALK = 3;

  /// Long texts say what they want at their beginning or at their end; in between are logs.
  private static final int HEAD = 240;

  private static final int TAIL = 160;
  private static final int KEYWORD_WINDOW = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(IntentClassifier.class);

  private final Map<String, IntentSettings> intents;
  private final Map<String, Keywords> keywords = new LinkedHashMap<>();
  private final ExampleVectors vectors;
  private volatile @Nullable Prepared prepared;

  public IntentClassifier(Map<String, IntentSettings> intents, ExampleVectors vectors) {
    this.intents = intents;
    this.vectors = vectors;
    intents.forEach((name, intent) -> keywords.put(name, new Keywords(intent.keywords())));
  }

  /// Embeds the examples; blocks. When embedding fails, keywords go on deciding.
  public void prepare() {
    try {
      Map<String, List<float[]>> examples = new LinkedHashMap<>();
      intents.forEach((name, intent) -> examples.put(name, vectors.of(intent.examples())));
      prepared = new Prepared(examples, vectors.of(SmallTalk.EXAMPLES));
      vectors.keep(
          Stream.concat(
                  SmallTalk.EXAMPLES.stream(),
                  intents.values().stream().flatMap(intent -> intent.examples().stream()))
              .toList());
    } catch (RuntimeException e) {
      LOG.warn("Intents are told by keywords only: the examples could not be embedded", e);
    }
  }

  /// Whether the examples are embedded.
  public boolean ready() {
    return prepared != null;
  }

  /// What the words are about.
  public IntentResult classify(String humanText) {
    return classify(humanText, null);
  }

  /// What the words are about.
  ///
  /// @param vector of the words when it is known; null: it is computed if it is needed
  public IntentResult classify(String humanText, float @Nullable [] vector) {
    if (intents.isEmpty() || humanText.isBlank() || SmallTalk.isEmpty(humanText)) {
      return IntentResult.none();
    }
    Map<String, Integer> found = keywordsIn(humanText);
    Prepared examples = prepared;
    float[] query = vector == null && examples != null ? embedded(humanText) : vector;
    if (examples == null || query == null) {
      return decide(weighted(found, Map.of()));
    }
    if (isSmallTalk(humanText, query, examples, found.values())) {
      return IntentResult.none();
    }
    Map<String, Double> likeness = new LinkedHashMap<>();
    examples
        .intents()
        .forEach((name, known) ->
            nearest(query, known, NEAREST).ifPresent(cosine -> likeness.put(name, cosine)));
    return decide(weighted(found, likeness));
  }

  /// The beginning and the end of a text, short enough to be embedded at once.
  static String headAndTail(String text) {
    String stripped = text.strip();
    return stripped.length() <= HEAD + TAIL
        ? stripped
        : stripped.substring(0, HEAD) + " … " + stripped.substring(stripped.length() - TAIL);
  }

  private float @Nullable [] embedded(String text) {
    try {
      return vectors.ofOne(headAndTail(text));
    } catch (RuntimeException e) {
      LOG.warn("Intent told by keywords only: the turn could not be embedded", e);
      return null;
    }
  }

  private Map<String, Integer> keywordsIn(String text) {
    int length = text.length();
    String seen =
        length <= 2 * KEYWORD_WINDOW
            ? text
            : text.substring(0, KEYWORD_WINDOW) + "\n" + text.substring(length - KEYWORD_WINDOW);
    String lower = seen.toLowerCase(Locale.ROOT).replace('’', '\'');
    Map<String, Integer> found = new LinkedHashMap<>();
    keywords.forEach((name, words) -> found.put(name, words.countIn(lower)));
    return found;
  }

  private static boolean isSmallTalk(
      String text, float[] query, Prepared examples, Collection<Integer> keywordsFound) {
    if (!SmallTalk.possible(text) || keywordsFound.stream().anyMatch(count -> count > 0)) {
      return false;
    }
    double talk = nearest(query, examples.smallTalk(), NEAREST_SMALL_TALK).orElse(-1);
    return examples.intents().values().stream()
        .map(known -> nearest(query, known, NEAREST_SMALL_TALK))
        .flatMapToDouble(OptionalDouble::stream)
        .allMatch(cosine -> cosine < talk);
  }

  private static Map<String, Double> weighted(
      Map<String, Integer> found, Map<String, Double> likeness) {
    Map<String, Double> weights = new LinkedHashMap<>();
    found.forEach((name, count) ->
        weights.put(
            name,
            likeness.getOrDefault(name, 0.0) + KEYWORD_WEIGHT * Math.min(MAX_KEYWORDS, count)));
    return weights;
  }

  /// Mean cosine to the nearest of some vectors; empty when there are none.
  private static OptionalDouble nearest(float[] query, List<float[]> known, int count) {
    double[] cosines = known.stream().mapToDouble(vector -> dot(query, vector)).sorted().toArray();
    return Arrays.stream(cosines, Math.max(0, cosines.length - count), cosines.length).average();
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static IntentResult decide(Map<String, Double> weights) {
    Map<String, Double> scores = softmax(weights);
    List<Map.Entry<String, Double>> ranked = new ArrayList<>(scores.entrySet());
    ranked.sort(Map.Entry.<String, Double>comparingByValue().reversed());
    double best = ranked.getFirst().getValue();
    double second = ranked.size() > 1 ? ranked.get(1).getValue() : 0;
    boolean clear = best - second >= LEAST_MARGIN;
    return new IntentResult(clear ? ranked.getFirst().getKey() : IntentResult.UNSURE, best, scores);
  }

  private static Map<String, Double> softmax(Map<String, Double> weights) {
    double largest = weights.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    Map<String, Double> scores = new LinkedHashMap<>();
    weights.forEach((name, weight) -> scores.put(name, Math.exp(SHARPNESS * (weight - largest))));
    double sum = scores.values().stream().mapToDouble(Double::doubleValue).sum();
    scores.replaceAll((_, score) -> score / sum);
    return scores;
  }

  /// Vectors of the examples by intent, and of small talk.
  private record Prepared(Map<String, List<float[]>> intents, List<float[]> smallTalk) {}
}

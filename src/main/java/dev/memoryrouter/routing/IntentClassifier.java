package dev.memoryrouter.routing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells what a turn is about. It learns that from the configured examples, and keywords count for
/// their intent besides. When embedding fails, keywords alone decide. Thread-safe.
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

  private static final String PROBE = "Is anybody there?";

  /// Characters of an example that an explanation quotes.
  private static final int QUOTED = 80;

  private static final Logger LOG = LoggerFactory.getLogger(IntentClassifier.class);

  private final Map<String, IntentSettings> intents;
  private final Map<String, Keywords> keywords = new LinkedHashMap<>();
  private final ExampleVectors vectors;
  private final Duration patience;
  private final CountDownLatch prepared = new CountDownLatch(1);
  private volatile @Nullable IntentModel model;

  /// @param patience longest that words wait for [#prepare] to end; after that keywords alone
  ///   decide
  public IntentClassifier(
      Map<String, IntentSettings> intents, ExampleVectors vectors, Duration patience) {
    this.intents = intents;
    this.vectors = vectors;
    this.patience = patience;
    intents.forEach((name, intent) -> keywords.put(name, new Keywords(intent.keywords())));
  }

  /// Embeds the examples and learns from them; blocks. When embedding fails, keywords go on
  /// deciding.
  public void prepare() {
    try {
      IntentModel learnt = IntentModel.train(intents, vectors);
      // The examples' vectors may have been known already, which says nothing about the turns'.
      vectors.ofOne(PROBE);
      model = learnt;
    } catch (RuntimeException e) {
      LOG.warn(
          "Intents are told by keywords alone: the examples could not be learnt: {}",
          e.getMessage());
      LOG.debug("The examples could not be learnt", e);
    } finally {
      prepared.countDown();
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
    Map<String, List<String>> found = keywordsIn(text);
    IntentModel learnt = learnt();
    float[] vector = learnt == null ? null : embedded(text);
    if (learnt == null || vector == null) {
      return byKeywordsAlone(found);
    }
    IntentModel.Evidence evidence = learnt.evidence(utterance, vector);
    String basis = basis(evidence.nearest(), found);
    return isSmallTalk(text, evidence, found)
        ? IntentResult.none(basis)
        : decide(withKeywords(evidence.intents(), found, KEYWORD), basis, false);
  }

  private @Nullable IntentModel learnt() {
    IntentModel learnt = model;
    if (learnt != null || patience.isZero()) {
      return learnt;
    }
    try {
      var _ = prepared.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return model;
  }

  private float @Nullable [] embedded(String text) {
    try {
      return vectors.ofOne(TextEnds.forMeaning(text));
    } catch (RuntimeException e) {
      LOG.warn("Intent told by keywords alone: the turn could not be embedded: {}", e.getMessage());
      LOG.debug("The turn could not be embedded", e);
      return null;
    }
  }

  private Map<String, List<String>> keywordsIn(String text) {
    String lower = TextEnds.of(text).toLowerCase(Locale.ROOT).replace('’', '\'');
    Map<String, List<String>> found = new LinkedHashMap<>();
    keywords.forEach((name, words) -> found.put(name, words.in(lower)));
    return found;
  }

  private static boolean isSmallTalk(
      String text, IntentModel.Evidence evidence, Map<String, List<String>> found) {
    return SmallTalk.possible(text)
        && found.values().stream().allMatch(List::isEmpty)
        && evidence.intents().values().stream()
            .allMatch(odds -> odds < evidence.smallTalk() + SMALL_TALK);
  }

  private static IntentResult byKeywordsAlone(Map<String, List<String>> found) {
    String basis =
        Stream.concat(Stream.of("without embeddings"), keywordsOf(found))
            .collect(Collectors.joining("; "));
    return decide(withKeywords(Map.of(), found, KEYWORD_ALONE), basis, true);
  }

  private static String basis(IntentModel.Neighbour nearest, Map<String, List<String>> found) {
    String text = nearest.text().lines().findFirst().orElse("");
    String example =
        String.format(
            Locale.ROOT,
            "nearest example %.2f (%s) \"%s\"",
            nearest.cosine(),
            nearest.intent(),
            text.substring(0, Math.min(text.length(), QUOTED)));
    return Stream.concat(Stream.of(example), keywordsOf(found)).collect(Collectors.joining("; "));
  }

  private static Stream<String> keywordsOf(Map<String, List<String>> found) {
    return found.entrySet().stream()
        .filter(it -> !it.getValue().isEmpty())
        .map(it -> "keywords (" + it.getKey() + ") " + String.join(", ", it.getValue()));
  }

  private static Map<String, Double> withKeywords(
      Map<String, Double> odds, Map<String, List<String>> found, double weight) {
    Map<String, Double> sums = new LinkedHashMap<>();
    found.forEach((name, words) ->
        sums.put(
            name, odds.getOrDefault(name, 0.0) + weight * Math.min(MAX_KEYWORDS, words.size())));
    return sums;
  }

  private static IntentResult decide(Map<String, Double> odds, String basis, boolean provisional) {
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
    return new IntentResult(
        clear ? ranked.getFirst().getKey() : IntentResult.UNSURE,
        best,
        scores,
        String.format(Locale.ROOT, "score=%.2f; %s", best, basis),
        provisional);
  }
}

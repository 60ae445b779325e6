package dev.memoryrouter.routing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is learnt from the examples of all intents and of small talk: a linear model over meaning,
/// words and structure, and the examples' vectors, so that what is nearly an example follows it.
/// Immutable.
final class IntentModel {
  /*
   * A turn within NEAR of an example, by cosine, gains log odds for that example's intent, at most
   * NEAREST for the example itself. The fourth power leaves all but close neighbours alone.
   */
  private static final double NEAR = 0.5;
  private static final double NEAREST = 5;
  private static final int POWER = 4;

  private final List<String> intents;
  private final FeatureSpace space;
  private final SoftmaxRegression regression;
  private final List<Example> examples;

  /// An example.
  ///
  /// @param intent index of its intent; the number of intents for small talk
  private record Example(Utterance utterance, Vector meaning, int intent) {
    float[] vector() {
      return meaning.values;
    }
  }

  /// The meaning of an example.
  private static final class Vector {
    private final float[] values;

    Vector(float[] values) {
      this.values = values;
    }
  }

  private IntentModel(List<String> intents, List<Example> examples) {
    this.intents = intents;
    this.examples = examples;
    this.space = new FeatureSpace(examples.stream().map(it -> it.utterance().text()).toList());
    this.regression =
        SoftmaxRegression.train(
            examples.stream().map(it -> space.of(it.utterance(), it.vector())).toList(),
            examples.stream().mapToInt(Example::intent).toArray(),
            intents.size() + 1,
            space.words());
  }

  /// Learns; takes less than a second for a thousand examples whose vectors are known.
  static IntentModel train(Map<String, IntentSettings> intents, ExampleVectors vectors) {
    List<Example> examples = new ArrayList<>();
    List<String> names = new ArrayList<>();
    intents.forEach((name, settings) -> {
      add(examples, settings.examples(), names.size(), vectors);
      names.add(name);
    });
    add(examples, SmallTalk.EXAMPLES, names.size(), vectors);
    return new IntentModel(names, examples);
  }

  private static void add(
      List<Example> examples, List<Utterance> utterances, int intent, ExampleVectors vectors) {
    List<float[]> known =
        vectors.of(utterances.stream().map(it -> TextEnds.forMeaning(it.text())).toList());
    for (int i = 0; i < utterances.size(); i++) {
      examples.add(new Example(utterances.get(i), new Vector(known.get(i)), intent));
    }
  }

  /// What speaks for each intent.
  ///
  /// @param vector of the words, of length 1
  Evidence evidence(Utterance utterance, float[] vector) {
    double[] odds = regression.logOdds(space.of(utterance, vector));
    double[] cosines = new double[odds.length];
    Example nearest = examples.getFirst();
    double best = -1;
    for (Example example : examples) {
      double cosine = dot(vector, example.vector());
      cosines[example.intent()] = Math.max(cosines[example.intent()], cosine);
      if (cosine > best) {
        best = cosine;
        nearest = example;
      }
    }
    Map<String, Double> byIntent = new LinkedHashMap<>();
    for (int i = 0; i < intents.size(); i++) {
      byIntent.put(intents.get(i), odds[i] + closeness(cosines[i]));
    }
    int smallTalk = intents.size();
    return new Evidence(
        byIntent, odds[smallTalk] + closeness(cosines[smallTalk]), neighbour(nearest, best));
  }

  private Neighbour neighbour(Example example, double cosine) {
    boolean smallTalk = example.intent() == intents.size();
    return new Neighbour(
        example.utterance().text(),
        smallTalk ? SmallTalk.NAME : intents.get(example.intent()),
        cosine);
  }

  private static double closeness(double cosine) {
    return NEAREST * Math.pow(Math.max(0, (cosine - NEAR) / (1 - NEAR)), POWER);
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /// Log odds up to a common constant.
  ///
  /// @param smallTalk of words that ask for nothing
  /// @param nearest the example that is most alike
  record Evidence(Map<String, Double> intents, double smallTalk, Neighbour nearest) {}

  /// An example and how much it is like the words.
  ///
  /// @param intent that it is an example of
  record Neighbour(String text, String intent, double cosine) {}
}

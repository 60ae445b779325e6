package dev.memoryrouter.routing;

import dev.memoryrouter.conversation.Mode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Turns utterances into numbers: the vector of their meaning, the words that occur in the examples
/// weighted by rarity (TF-IDF, scaled to a fixed length), and structure.
final class FeatureSpace {
  // Lengths of the parts, which say how much each counts; the vector's is 1.
  private static final float WORDS = 1.5f;
  private static final float PLAN_MODE = 0.3f;
  private static final float IMAGES = 1;
  private static final int STRUCTURES = 3; // mode, images, and the constant 1

  private final Map<String, Integer> vocabulary = new HashMap<>();
  private final float[] rarity;

  /// The space spanned by the words of some texts.
  FeatureSpace(List<String> texts) {
    Map<String, Integer> counts = new HashMap<>();
    for (String text : texts) {
      for (String word : WordFeatures.of(TextEnds.of(text))) {
        vocabulary.putIfAbsent(word, vocabulary.size());
        counts.merge(word, 1, Integer::sum);
      }
    }
    rarity = new float[vocabulary.size()];
    vocabulary.forEach((word, index) -> {
      int count = counts.getOrDefault(word, 0);
      rarity[index] = (float) (1 + Math.log((texts.size() + 1.0) / (count + 1.0)));
    });
  }

  /// How many words it knows.
  int words() {
    return rarity.length;
  }

  /// The numbers of an utterance.
  ///
  /// @param vector of its text, of length 1
  Features of(Utterance utterance, float[] vector) {
    float[] dense = Arrays.copyOf(vector, vector.length + STRUCTURES);
    dense[vector.length] = utterance.mode() == Mode.PLAN ? PLAN_MODE : 0;
    dense[vector.length + 1] = utterance.images() > 0 ? IMAGES : 0;
    dense[vector.length + 2] = 1;
    Set<String> words = WordFeatures.of(TextEnds.of(utterance.text()));
    int[] known =
        words.stream()
            .map(vocabulary::get)
            .filter(Objects::nonNull)
            .mapToInt(Integer::intValue)
            .toArray();
    return new Features(dense, known, weights(known));
  }

  private float[] weights(int[] words) {
    float[] weights = new float[words.length];
    double squares = 0;
    for (int i = 0; i < words.length; i++) {
      weights[i] = rarity[words[i]];
      squares += weights[i] * weights[i];
    }
    float scale = squares == 0 ? 0 : (float) (WORDS / Math.sqrt(squares));
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= scale;
    }
    return weights;
  }
}

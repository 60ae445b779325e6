package dev.memoryrouter.embedding;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/// A deterministic bag of words: texts are near each other as far as they share words.
public final class HashEmbedder implements Embedder {
  public static final int DIMENSION = 64;

  private final AtomicInteger texts = new AtomicInteger();

  @Override
  public String model() {
    return "hash";
  }

  @Override
  public int dimension() {
    return DIMENSION;
  }

  /// Texts that were embedded so far.
  public int embedded() {
    return texts.get();
  }

  @Override
  public List<float[]> embed(List<String> list) {
    texts.addAndGet(list.size());
    return list.stream().map(HashEmbedder::vector).toList();
  }

  private static float[] vector(String text) {
    float[] vector = new float[DIMENSION];
    for (String word : text.toLowerCase(Locale.ROOT).split("\\W+", -1)) {
      vector[Math.floorMod(word.hashCode() * 31, DIMENSION)] += 1;
    }
    return Vectors.unit(vector);
  }
}

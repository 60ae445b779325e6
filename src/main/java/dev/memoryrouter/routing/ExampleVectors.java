package dev.memoryrouter.routing;

import dev.memoryrouter.embedding.Embedder;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Vectors of example sentences, each embedded once and kept over reloads. Thread-safe.
public final class ExampleVectors {
  private final Embedder embedder;
  private final Map<String, float[]> known = new ConcurrentHashMap<>();

  public ExampleVectors(Embedder embedder) {
    this.embedder = embedder;
  }

  /// The vectors in the order of the texts; blocks while new ones are embedded.
  List<float[]> of(List<String> texts) {
    List<String> unknown = texts.stream().filter(text -> !known.containsKey(text)).toList();
    if (!unknown.isEmpty()) {
      List<float[]> vectors = embedder.embed(unknown);
      for (int i = 0; i < unknown.size(); i++) {
        known.put(unknown.get(i), vectors.get(i));
      }
    }
    return texts.stream().map(known::get).filter(Objects::nonNull).toList();
  }

  /// Forgets all but these texts.
  void keep(Collection<String> texts) {
    known.keySet().retainAll(Set.copyOf(texts));
  }

  /// The vector of one text, which is not kept.
  float[] ofOne(String text) {
    return embedder.embed(text);
  }
}

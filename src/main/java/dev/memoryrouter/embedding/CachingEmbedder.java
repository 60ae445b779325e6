package dev.memoryrouter.embedding;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;

/// Remembers the vectors of single texts: one conversation asks with the same words several times.
/// Lists pass through, because they come from indexing and would only push queries out.
public final class CachingEmbedder implements Embedder {
  private static final int OVERHEAD = 1_600; // bytes of a vector and its entry, roughly

  private final Embedder embedder;
  private final Cache<String, float[]> vectors;

  /// A cache before an embedder.
  ///
  /// @param maxBytes what keys and vectors may take, roughly
  public CachingEmbedder(Embedder embedder, long maxBytes) {
    this.embedder = embedder;
    this.vectors =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((String text, float[] _) -> OVERHEAD + 2 * text.length())
            .build();
  }

  @Override
  public String model() {
    return embedder.model();
  }

  @Override
  public int dimension() {
    return embedder.dimension();
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    return embedder.embed(texts);
  }

  /// The caller owns the vector.
  @Override
  public float[] embed(String text) {
    return vectors.get(text, embedder::embed).clone();
  }
}

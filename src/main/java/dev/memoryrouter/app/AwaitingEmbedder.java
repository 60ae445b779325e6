package dev.memoryrouter.app;

import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.MiniLmEmbedder;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// Waits for the embedding model on its first use.
///
/// @param handle on the model, whose loading begins when it is first asked for
record AwaitingEmbedder(Supplier<EmbedderHandle> handle) implements Embedder {
  private static final Duration LOADING = Duration.ofMinutes(1);

  @Override
  public String model() {
    return MiniLmEmbedder.MODEL;
  }

  @Override
  public int dimension() {
    return MiniLmEmbedder.DIMENSION;
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    return handle.get().await(LOADING).embed(texts);
  }
}

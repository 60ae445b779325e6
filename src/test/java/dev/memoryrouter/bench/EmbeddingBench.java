package dev.memoryrouter.bench;

import dev.memoryrouter.embedding.MiniLmEmbedder;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.files.Yaml;
import dev.memoryrouter.routing.ExampleVectors;
import dev.memoryrouter.routing.IntentClassifier;
import dev.memoryrouter.routing.IntentResult;
import dev.memoryrouter.routing.IntentSettings;
import dev.memoryrouter.routing.RoutingFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// The embedding model, and telling an intent with it. Nothing comes from a cache.
@State(Scope.Benchmark)
public class EmbeddingBench {
  private static final String QUERY = "How does the carrier client retry after an error?";
  private static final String CHUNK = "token ".repeat(MiniLmEmbedder.WINDOW - 2);

  /// Some 100,000 tokens of a person's own.
  private static final String LONG_TEXT =
      QUERY + "\n" + "2026-01-12 ERROR worker-3 lost\n".repeat(10_000) + "Find the cause.";

  private final MiniLmEmbedder embedder = MiniLmEmbedder.load();
  private IntentClassifier intents = classifier(Map.of());

  @Setup
  public void prepare() throws IOException {
    var file = Yaml.read(Path.of("config/routing.yaml"), Environment.of(Map.of()));
    intents = classifier(RoutingFile.read(file).intents());
    intents.prepare();
  }

  private IntentClassifier classifier(Map<String, IntentSettings> settings) {
    return new IntentClassifier(
        settings, ExampleVectors.inMemory(embedder, 64 << 20), Duration.ZERO);
  }

  @TearDown
  public void close() {
    embedder.close();
  }

  @Benchmark
  public float[] embedQuery() {
    return embedder.embed(QUERY);
  }

  @Benchmark
  public float[] embedFullChunk() {
    return embedder.embed(CHUNK);
  }

  @Benchmark
  public IntentResult classifyShortText() {
    return intents.classify(QUERY);
  }

  @Benchmark
  public IntentResult classifyLongText() {
    return intents.classify(LONG_TEXT);
  }
}

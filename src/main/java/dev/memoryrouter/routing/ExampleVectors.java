package dev.memoryrouter.routing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.files.DurableMap;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/// Vectors of example sentences. Each is embedded once and kept over reloads, and over restarts
/// when the map is. Thread-safe.
public final class ExampleVectors {
  /// Vectors as they stand in a file.
  public static final DurableMap.Codec<float[]> CODEC =
      new DurableMap.Codec<>(ExampleVectors::line, ExampleVectors::vector);

  private final Embedder embedder;
  private final Supplier<DurableMap<float[]>> known;

  /// @param known the vectors that are known; first asked for when examples are learnt
  public ExampleVectors(Embedder embedder, Supplier<DurableMap<float[]>> known) {
    this.embedder = embedder;
    this.known = known;
  }

  /// Vectors that are known until the process ends.
  ///
  /// @param maxBytes what they may take, roughly
  public static ExampleVectors inMemory(Embedder embedder, long maxBytes) {
    DurableMap<float[]> known = DurableMap.inMemory(maxBytes, CODEC);
    return new ExampleVectors(embedder, () -> known);
  }

  /// The vectors in the order of the texts; blocks while new ones are embedded.
  List<float[]> of(List<String> texts) {
    DurableMap<float[]> kept = known.get();
    Map<String, float[]> found = new HashMap<>();
    texts.forEach(text ->
        kept.get(key(text))
            .filter(vector -> vector.length == embedder.dimension())
            .ifPresent(vector -> found.put(text, vector)));
    List<String> unknown =
        texts.stream().filter(text -> !found.containsKey(text)).distinct().toList();
    if (!unknown.isEmpty()) {
      List<float[]> vectors = embedder.embed(unknown);
      for (int i = 0; i < vectors.size(); i++) {
        found.put(unknown.get(i), vectors.get(i));
        kept.put(key(unknown.get(i)), vectors.get(i));
      }
    }
    return texts.stream().map(found::get).filter(Objects::nonNull).toList();
  }

  /// The vector of one text, which is not kept.
  float[] ofOne(String text) {
    return embedder.embed(text);
  }

  /// A hash, so that sentences of the configuration do not lie about in another file.
  private String key(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest((embedder.model() + '\n' + text).getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String line(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static Optional<float[]> vector(String line) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(line));
      float[] vector = new float[bytes.remaining() / Float.BYTES];
      bytes.asFloatBuffer().get(vector);
      return Optional.of(vector);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}

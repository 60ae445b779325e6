package dev.memoryrouter.tokens;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// The counters of the tokenizers that chat models use, one of each per process. The vocabularies
/// of the jar are loaded at the first count, a vocabulary file at once, so that a bad path is
/// reported where it is configured.
public final class TokenCounters {
  private static final String FILE = "file:";

  private static final Map<String, TokenCounter> BUILT_IN =
      Map.of(
          "qwen", new BpeCounter("qwen", TokenCounters::qwen),
          "o200k", new BpeCounter("o200k", builtIn(EncodingType.O200K_BASE)),
          "cl100k", new BpeCounter("cl100k", builtIn(EncodingType.CL100K_BASE)));

  private static final Map<String, TokenCounter> FROM_FILES = new ConcurrentHashMap<>();

  private TokenCounters() {}

  /// The counter of a tokenizer.
  ///
  /// @param id `qwen`, `o200k`, `cl100k`, or `file:` with the path of a tiktoken vocabulary
  /// @throws IllegalArgumentException for an unknown id or a file that is not a vocabulary
  /// @throws java.io.UncheckedIOException for a file that cannot be read; the message names it
  public static TokenCounter of(String id) {
    if (id.startsWith(FILE) && id.length() > FILE.length()) {
      Path file = Path.of(id.substring(FILE.length())).toAbsolutePath().normalize();
      return FROM_FILES.computeIfAbsent(FILE + file, key -> fromFile(key, file));
    }
    TokenCounter counter = BUILT_IN.get(id);
    if (counter == null) {
      throw new IllegalArgumentException(
          "unknown tokenizer '" + id + "': use qwen, o200k, cl100k, or file:<path>");
    }
    return counter;
  }

  private static TokenCounter fromFile(String id, Path file) {
    Encoding encoding = Vocabulary.ofFile(file).encoding(id);
    return new BpeCounter(id, () -> encoding);
  }

  private static Encoding qwen() {
    return Vocabulary.ofResource("/qwen.tiktoken").encoding("qwen");
  }

  private static Supplier<Encoding> builtIn(EncodingType type) {
    return () -> {
      EncodingRegistry registry = Encodings.newLazyEncodingRegistry();
      return registry.getEncoding(type);
    };
  }
}

package dev.memoryrouter.tokens;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.GptBytePairEncodingParams;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// The ranks of a byte pair encoding, read from a tiktoken file: on each line a token in Base64, a
/// space and its rank. The file does not hold the pattern that cuts text into words, so it is
/// chosen by the number of ranks, which differs between the families (Llama 3 128,000, Qwen
/// 151,643, Llama 4 200,000).
final class Vocabulary {
  private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  private static final String REST = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String QWEN = lettersThen("\\p{N}");
  private static final String LLAMA3 = lettersThen("\\p{N}{1,3}");
  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LLAMA4 =
      "[^\\r\\n\\p{L}\\p{N}]?%1$s*%2$s+%3$s?|[^\\r\\n\\p{L}\\p{N}]?%1$s+%2$s*%3$s?"
              .formatted(UPPER, LOWER, CONTRACTIONS)
          + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|"
          + REST;

  private static final int QWEN_RANKS = 150_000;
  private static final int LLAMA4_RANKS = 180_000;

  private final String source;
  private final Map<byte[], Integer> ranks;

  private Vocabulary(String source, Map<byte[], Integer> ranks) {
    this.source = source;
    this.ranks = ranks;
  }

  static Vocabulary ofFile(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the tokenizer vocabulary " + file + ": " + e, e);
    }
  }

  static Vocabulary ofResource(String name) {
    try (InputStream in = Vocabulary.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + name);
      }
      return read(name, in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }

  Encoding encoding(String name) {
    Pattern words = Pattern.compile(pattern(), Pattern.UNICODE_CHARACTER_CLASS);
    EncodingRegistry registry = Encodings.newLazyEncodingRegistry();
    registry.registerGptBytePairEncoding(
        new GptBytePairEncodingParams(name, words, ranks, Map.of()));
    return registry.getEncoding(name).orElseThrow();
  }

  private String pattern() {
    if (ranks.size() >= LLAMA4_RANKS) {
      return LLAMA4;
    }
    return ranks.size() >= QWEN_RANKS ? QWEN : LLAMA3;
  }

  private static Vocabulary read(String source, InputStream in) throws IOException {
    // The encoding takes such a map and wraps the keys; none is looked up here.
    @SuppressWarnings("ArrayAsKeyOfSetOrMap")
    Map<byte[], Integer> ranks = new HashMap<>();
    var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
    int number = 0;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      if (!line.isBlank()) {
        addLine(source, number, line, ranks);
      }
    }
    var vocabulary = new Vocabulary(source, ranks);
    vocabulary.checkBytes();
    return vocabulary;
  }

  private static void addLine(String source, int number, String line, Map<byte[], Integer> ranks) {
    int space = line.indexOf(' ');
    try {
      byte[] token = Base64.getDecoder().decode(line.substring(0, Math.max(space, 0)));
      ranks.put(token, Integer.valueOf(line.substring(space + 1).strip()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          source + ":" + number + ": not a tiktoken vocabulary: expected Base64, a space, a rank",
          e);
    }
  }

  /// Without all single bytes some text could not be encoded at all.
  private void checkBytes() {
    var seen = new boolean[256];
    for (byte[] token : ranks.keySet()) {
      if (token.length == 1) {
        seen[token[0] & 0xff] = true;
      }
    }
    for (int value = 0; value < seen.length; value++) {
      if (!seen[value]) {
        throw new IllegalArgumentException(
            source + ": incomplete vocabulary: no token for byte " + value);
      }
    }
  }

  private static String lettersThen(String digits) {
    return CONTRACTIONS
        + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
        + digits
        + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|"
        + REST;
  }
}

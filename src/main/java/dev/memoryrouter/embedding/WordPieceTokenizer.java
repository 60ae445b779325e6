package dev.memoryrouter.embedding;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Word pieces of uncased BERT models as ids, in plain Java: no native library, no limit on length.
///
/// Same steps as the reference tokenizer: drop control characters, put blanks around CJK, strip
/// accents, lower-case, split at white space and punctuation, then take the longest known piece
/// from the left. Immutable.
final class WordPieceTokenizer {
  private static final int MAX_WORD = 100; // longer words are unknown, as in the reference

  private final Map<String, Integer> vocabulary;
  private final int unknown;

  private WordPieceTokenizer(Map<String, Integer> vocabulary) {
    this.vocabulary = vocabulary;
    this.unknown = id("[UNK]");
  }

  /// Reads a vocabulary with one piece a line; the line number is the id.
  static WordPieceTokenizer read(InputStream lines) throws IOException {
    Map<String, Integer> vocabulary = HashMap.newHashMap(32_000);
    try (var reader = new BufferedReader(new InputStreamReader(lines, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        vocabulary.put(line, vocabulary.size());
      }
    }
    return new WordPieceTokenizer(vocabulary);
  }

  /// Id of a piece that the vocabulary must have.
  int id(String piece) {
    Integer id = vocabulary.get(piece);
    if (id == null) {
      throw new IllegalArgumentException("vocabulary has no piece " + piece);
    }
    return id;
  }

  /// Ids of all pieces of a text, without [CLS] and [SEP].
  int[] ids(String text) {
    Ids ids = new Ids();
    String normal = normalize(text);
    int start = -1;
    int at = 0;
    while (at < normal.length()) {
      int c = normal.codePointAt(at);
      boolean alone = isPunctuation(c) || isCjk(c);
      if (alone || isSpace(c)) {
        addWord(normal, start, at, ids);
        start = -1;
      } else if (start < 0) {
        start = at;
      }
      int next = at + Character.charCount(c);
      if (alone) {
        addWord(normal, at, next, ids);
      }
      at = next;
    }
    addWord(normal, start, normal.length(), ids);
    return ids.toArray();
  }

  private static String normalize(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .filter(c -> c != 0 && c != 0xFFFD && !isControl(c))
        .forEach(clean::appendCodePoint);
    StringBuilder plain = new StringBuilder(clean.length());
    Normalizer.normalize(clean, Normalizer.Form.NFD)
        .codePoints()
        .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
        .forEach(plain::appendCodePoint);
    return plain.toString().toLowerCase(Locale.ROOT);
  }

  private void addWord(String text, int start, int end, Ids ids) {
    if (start < 0 || start == end) {
      return;
    }
    int before = ids.size;
    if (text.codePointCount(start, end) > MAX_WORD) {
      ids.add(unknown);
      return;
    }
    int from = start;
    while (from < end) {
      int to = longestPiece(text, start, from, end, ids);
      if (to < 0) {
        ids.size = before;
        ids.add(unknown);
        return;
      }
      from = to;
    }
  }

  /// Adds the longest piece that begins at `from` and returns its end, or -1 for none.
  private int longestPiece(String text, int start, int from, int end, Ids ids) {
    String prefix = from == start ? "" : "##";
    for (int to = end; to > from; to--) {
      Integer id = vocabulary.get(prefix + text.substring(from, to));
      if (id != null) {
        ids.add(id);
        return to;
      }
    }
    return -1;
  }

  private static boolean isControl(int c) {
    if (c == '\t' || c == '\n' || c == '\r') {
      return false;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }

  private static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  private static boolean isPunctuation(int c) {
    if (c < 128) {
      return c > ' ' && c != 127 && !Character.isLetterOrDigit(c);
    }
    return switch (Character.getType(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  /// The ideograph blocks that the reference names.
  private static boolean isCjk(int c) {
    return (c >= 0x4E00 && c <= 0x9FFF)
        || (c >= 0x3400 && c <= 0x4DBF)
        || (c >= 0x20000 && c <= 0x2A6DF)
        || (c >= 0x2A700 && c <= 0x2B73F)
        || (c >= 0x2B740 && c <= 0x2B81F)
        || (c >= 0x2B920 && c <= 0x2CEAF)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0x2F800 && c <= 0x2FA1F);
  }

  private static final class Ids {
    private int[] values = new int[64];
    private int size;

    void add(int id) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = id;
    }

    int[] toArray() {
      return Arrays.copyOf(values, size);
    }
  }
}

package dev.memoryrouter.tokens;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Counts and splits text by the word pieces of the embedding model all-MiniLM-L6-v2, without its
/// two special tokens. Thread-safe; the vocabulary is loaded at the first use.
///
/// Written in Java on the vocabulary of the model's `tokenizer.json`: the native tokenizer that the
/// embedder uses takes 40 µs for a short line, too slow to count every line of a bank. A test
/// compares both. They differ for some 600 characters of rare scripts that are newer than the
/// native tokenizer's tables, and for the spelling of special tokens such as `[MASK]`, which count
/// as ordinary characters; there this counts more, never fewer.
public final class WordPieces implements TokenCounter {
  /// [CLS] and [SEP], which the model adds to every text.
  public static final int SPECIALS = 2;

  private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";
  private static final String CONTINUATION = "##";

  /// A longer word is one unknown piece.
  private static final int LONGEST_WORD = 100;

  private static final WordPieces MINI_LM = new WordPieces();

  private volatile @Nullable Vocabulary vocabulary;

  private WordPieces() {}

  /// The word pieces of all-MiniLM-L6-v2.
  public static WordPieces miniLm() {
    return MINI_LM;
  }

  @Override
  public String id() {
    return "minilm";
  }

  @Override
  public int count(String text) {
    var words = new BertWords(text, 0);
    Vocabulary pieces = vocabulary();
    int total = 0;
    while (words.next()) {
      total += pieces.count(words.word());
    }
    return total;
  }

  /// Cuts a text into parts of at most `limit` word pieces each, between words where that is
  /// possible. The parts together are the text; a text that fits is one part, also an empty one.
  public List<String> split(String text, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a part holds at least one word piece, not " + limit);
    }
    List<String> parts = new ArrayList<>();
    int from = 0;
    do {
      int end = fit(text, from, limit);
      parts.add(text.substring(from, end));
      from = end;
    } while (from < text.length());
    return parts;
  }

  /// End of the longest run of words from `from` on that counts at most `limit`.
  private int fit(String text, int from, int limit) {
    var words = new BertWords(text, from);
    Vocabulary pieces = vocabulary();
    int total = 0;
    while (words.next()) {
      total += pieces.count(words.word());
      if (total > limit) {
        return words.start() > from && !text.substring(from, words.start()).isBlank()
            ? words.start()
            : insideWord(text, from, words.end(), limit);
      }
    }
    return text.length();
  }

  /// End of a part that begins with a word of more than `limit` pieces; at least one character.
  private int insideWord(String text, int from, int wordEnd, int limit) {
    int shortest = text.offsetByCodePoints(from, 1);
    int end = wordEnd;
    while (end > shortest && count(text.substring(from, end)) > limit) {
      end = text.offsetByCodePoints(end, -1);
    }
    return end;
  }

  private Vocabulary vocabulary() {
    Vocabulary loaded = vocabulary;
    return loaded != null ? loaded : load();
  }

  private synchronized Vocabulary load() {
    Vocabulary loaded = vocabulary;
    if (loaded == null) {
      loaded = Vocabulary.read();
      vocabulary = loaded;
    }
    return loaded;
  }

  /// The pieces that may begin a word and those that may continue one.
  private record Vocabulary(Set<String> first, Set<String> next, int longest) {
    static Vocabulary read() {
      try (InputStream in = WordPieces.class.getResourceAsStream(TOKENIZER)) {
        if (in == null) {
          throw new IllegalStateException("not on the class path: " + TOKENIZER);
        }
        JsonNode root = JsonMapper.shared().readTree(in);
        return of(root.path("model").path("vocab").propertyNames());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + TOKENIZER, e);
      }
    }

    private static Vocabulary of(Iterable<String> tokens) {
      Set<String> first = new HashSet<>();
      Set<String> next = new HashSet<>();
      int longest = 0;
      for (String token : tokens) {
        longest = Math.max(longest, token.length());
        if (token.startsWith(CONTINUATION) && token.length() > CONTINUATION.length()) {
          next.add(token.substring(CONTINUATION.length()));
        } else {
          first.add(token);
        }
      }
      return new Vocabulary(first, next, longest);
    }

    /// Longest match first; a word with a part that matches nothing is one unknown piece.
    int count(CharSequence word) {
      String text = word.toString();
      if (first.contains(text)) {
        return 1;
      }
      if (text.codePointCount(0, text.length()) > LONGEST_WORD) {
        return 1;
      }
      int pieces = 0;
      for (int at = 0; at < text.length(); pieces++) {
        int end = longestMatch(text, at);
        if (end == at) {
          return 1;
        }
        at = end;
      }
      return pieces;
    }

    private int longestMatch(String text, int at) {
      Set<String> pieces = at == 0 ? first : next;
      int end = Math.min(text.length(), at + longest);
      while (end > at && !pieces.contains(text.substring(at, end))) {
        end--;
      }
      return end;
    }
  }
}

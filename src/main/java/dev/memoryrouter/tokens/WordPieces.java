package dev.memoryrouter.tokens;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Splits and counts text by the word pieces of the embedding model all-MiniLM-L6-v2, without its
/// two special ones, and gives their ids. Thread-safe; the vocabulary is loaded at the first use.
///
/// Written in Java, with no limit on length: the native tokenizer beside the model cuts at 128
/// pieces without a word, takes 40 µs for a short line and reports its start to a remote host. A
/// test compares both. They differ for some 600 characters of rare scripts that are newer than the
/// native tokenizer's tables, and for the spelling of special pieces such as `[MASK]`, which count
/// as ordinary characters; there this gives more pieces, never fewer.
public final class WordPieces implements TokenCounter {
  /// [CLS] and [SEP], which the model adds to every text.
  public static final int SPECIALS = 2;

  private static final String VOCABULARY = "/bert-vocabulary-en.txt";
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
    return pieces(text).size;
  }

  /// The ids of all pieces of a text, without [CLS] and [SEP].
  public int[] ids(String text) {
    return pieces(text).toArray();
  }

  /// The id of a piece as the vocabulary spells it, such as `[CLS]`.
  ///
  /// @throws IllegalArgumentException if there is no such piece
  public int id(String piece) {
    return vocabulary().id(piece);
  }

  /// Loads the vocabulary now, so that a damaged installation is seen at once.
  ///
  /// @throws UncheckedIOException if it cannot be read
  public void load() {
    vocabulary();
  }

  private Ids pieces(String text) {
    var words = new BertWords(text, 0);
    Vocabulary pieces = vocabulary();
    var ids = new Ids();
    while (words.next()) {
      pieces.add(words.word(), ids);
    }
    return ids;
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
    var ids = new Ids();
    while (words.next()) {
      pieces.add(words.word(), ids);
      if (ids.size > limit) {
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
    return loaded != null ? loaded : read();
  }

  private synchronized Vocabulary read() {
    Vocabulary loaded = vocabulary;
    if (loaded == null) {
      loaded = Vocabulary.read();
      vocabulary = loaded;
    }
    return loaded;
  }

  /// Ids of the pieces that may begin a word and of those that may continue one.
  private record Vocabulary(
      Map<String, Integer> first, Map<String, Integer> next, int longest, int unknown) {
    /// One piece a line; the number of the line, from 0, is its id.
    static Vocabulary read() {
      try (InputStream in = WordPieces.class.getResourceAsStream(VOCABULARY)) {
        if (in == null) {
          throw new IOException("missing from the class path; the installation is damaged");
        }
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        return of(lines.readAllLines());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + VOCABULARY + ": " + e.getMessage(), e);
      }
    }

    private static Vocabulary of(List<String> pieces) {
      Map<String, Integer> first = HashMap.newHashMap(pieces.size());
      Map<String, Integer> next = new HashMap<>();
      int longest = 0;
      for (int id = 0; id < pieces.size(); id++) {
        String piece = pieces.get(id);
        longest = Math.max(longest, piece.length());
        if (continues(piece)) {
          next.put(piece.substring(CONTINUATION.length()), id);
        } else {
          first.put(piece, id);
        }
      }
      return new Vocabulary(first, next, longest, first.getOrDefault("[UNK]", 0));
    }

    private static boolean continues(String piece) {
      return piece.startsWith(CONTINUATION) && piece.length() > CONTINUATION.length();
    }

    int id(String piece) {
      Integer id =
          continues(piece) ? next.get(piece.substring(CONTINUATION.length())) : first.get(piece);
      if (id == null) {
        throw new IllegalArgumentException("the vocabulary has no piece " + piece);
      }
      return id;
    }

    /// Longest match first; a word with a part that matches nothing is one unknown piece.
    void add(CharSequence word, Ids ids) {
      String text = word.toString();
      Integer whole = first.get(text);
      if (whole != null) {
        ids.add(whole);
        return;
      }
      int before = ids.size;
      boolean known = text.codePointCount(0, text.length()) <= LONGEST_WORD;
      for (int at = 0; known && at < text.length(); ) {
        int end = addLongest(text, at, ids);
        known = end > at;
        at = end;
      }
      if (!known) {
        ids.size = before;
        ids.add(unknown);
      }
    }

    /// Adds the longest piece that begins at `at` and returns its end, `at` for none.
    private int addLongest(String text, int at, Ids ids) {
      Map<String, Integer> pieces = at == 0 ? first : next;
      for (int end = Math.min(text.length(), at + longest); end > at; end--) {
        Integer id = pieces.get(text.substring(at, end));
        if (id != null) {
          ids.add(id);
          return end;
        }
      }
      return at;
    }
  }

  /// A growing list of ids.
  private static final class Ids {
    private int[] values = new int[32];
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

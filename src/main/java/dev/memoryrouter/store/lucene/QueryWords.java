package dev.memoryrouter.store.lucene;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/// The words of a query that count, with their weights in one bank.
///
/// @param words the rarest first, known ones before unknown ones
public record QueryWords(List<Word> words) {
  /// Words of a query that count at most.
  static final int MOST_WORDS = 64;

  public QueryWords {
    words = List.copyOf(words);
  }

  /// At most [#MOST_WORDS] words that the bank has, and as many that it has not. These find
  /// nothing, but raise the ceiling, so that a question about something else scores low everywhere.
  ///
  /// @param chunks of the bank
  /// @param frequency in how many of them a word is
  public static QueryWords of(String text, int chunks, ToIntFunction<String> frequency) {
    List<Word> known = new ArrayList<>();
    List<Word> unknown = new ArrayList<>();
    for (String word : ChunkWords.distinct(text)) {
      int found = frequency.applyAsInt(word);
      (found > 0 ? known : unknown).add(new Word(word, idf(found, Math.max(1, chunks)), found > 0));
    }
    known.sort(Comparator.comparingDouble(Word::idf).reversed().thenComparing(Word::text));
    return new QueryWords(
        Stream.concat(known.stream().limit(MOST_WORDS), unknown.stream().limit(MOST_WORDS))
            .toList());
  }

  /// As Lucene's BM25 computes it.
  private static double idf(int frequency, int chunks) {
    return Math.log1p((chunks - Math.min(frequency, chunks) + 0.5) / (frequency + 0.5));
  }

  /// Sum of the words' inverse document frequencies: what BM25 nears for a chunk that is full of
  /// all of them.
  public float ceiling() {
    float ceiling = 0;
    for (Word word : words) {
      ceiling += (float) word.idf;
    }
    return ceiling;
  }

  /// A word as it is indexed.
  ///
  /// @param idf inverse document frequency, above 0
  /// @param known whether the bank has it
  public record Word(String text, double idf, boolean known) {}
}

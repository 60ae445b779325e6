package dev.memoryrouter.store.lucene;

import dev.memoryrouter.store.ChunkRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.util.SmallFloat;

/// The words of a chunk as BM25F over [Fields#SEARCHED] counts them, for a store that has no Lucene
/// index and must score as this one does.
///
/// @param frequencies how often each word occurs, by the weights of the fields
/// @param fields the distinct words of each searched field
/// @param length weighted number of words, as coarse as Lucene keeps it
/// @param total the same, exact and with words that lie on one another
public record ChunkWords(
    Map<String, Float> frequencies, List<Set<String>> fields, int length, double total) {
  /// The defaults of Lucene's BM25Similarity.
  private static final float K1 = 1.2f;

  private static final float B = 0.75f;

  private static final WordAnalyzer ANALYZER = new WordAnalyzer();

  public ChunkWords {
    frequencies = Map.copyOf(frequencies);
    fields = List.copyOf(fields);
  }

  public static ChunkWords of(ChunkRecord chunk) {
    Map<String, Float> frequencies = new HashMap<>();
    List<Set<String>> fields = new ArrayList<>();
    float length = 0;
    double total = 0;
    for (Fields.Searched field : Fields.SEARCHED) {
      Counted counted = count(Documents.searched(chunk, field.name()));
      counted.words.forEach(
          (word, count) -> frequencies.merge(word, count * field.weight(), Float::sum));
      fields.add(Set.copyOf(counted.words.keySet()));
      length += field.weight() * coarse(counted.length);
      total += (double) field.weight() * counted.total();
    }
    return new ChunkWords(frequencies, fields, coarse(Math.round(length)), total);
  }

  /// The part of a word's BM25 score that depends on the chunk: from 0 to 1, the more often it
  /// occurs and the shorter the chunk is the nearer to 1.
  ///
  /// @param averageLength mean `total` of the bank's chunks
  public float saturation(String word, double averageLength) {
    float frequency = frequencies.getOrDefault(word, 0f);
    return (float) (frequency / (frequency + K1 * (1 - B + B * length / averageLength)));
  }

  static Set<String> distinct(String text) {
    return count(text).words.keySet();
  }

  private static int coarse(int length) {
    return SmallFloat.byte4ToInt(SmallFloat.intToByte4(length));
  }

  private static Counted count(String text) {
    Map<String, Integer> words = new HashMap<>();
    int length = 0;
    try (TokenStream stream = ANALYZER.tokenStream("", text)) {
      CharTermAttribute word = stream.addAttribute(CharTermAttribute.class);
      PositionIncrementAttribute step = stream.addAttribute(PositionIncrementAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        words.merge(word.toString(), 1, Integer::sum);
        length += step.getPositionIncrement() > 0 ? 1 : 0;
      }
      stream.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Counted(words, length);
  }

  /// @param length words that do not lie on another one
  private record Counted(Map<String, Integer> words, int length) {
    int total() {
      return words.values().stream().mapToInt(Integer::intValue).sum();
    }
  }
}

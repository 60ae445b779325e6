package dev.memoryrouter.store.qdrant;

import dev.memoryrouter.store.lucene.ChunkWords;
import dev.memoryrouter.store.lucene.QueryWords;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/// Which words a bank has, and in how many of its chunks: what BM25 needs of a whole collection,
/// kept for each bank alone, so that no bank moves the scores of another. Not thread-safe while it
/// is changed.
final class BankWords {
  /// In how many chunks each word is, for each searched field.
  private final List<Map<String, Integer>> frequencies;

  /// Chunks with any word, for each searched field.
  private final List<Integer> filled;

  private double total;

  private BankWords(List<Map<String, Integer>> frequencies, List<Integer> filled, double total) {
    this.frequencies = frequencies;
    this.filled = filled;
    this.total = total;
  }

  static BankWords none() {
    return new BankWords(new ArrayList<>(), new ArrayList<>(), 0);
  }

  BankWords copy() {
    List<Map<String, Integer>> copies = new ArrayList<>();
    frequencies.forEach(field -> copies.add(new HashMap<>(field)));
    return new BankWords(copies, new ArrayList<>(filled), total);
  }

  void add(ChunkWords chunk) {
    change(chunk, 1);
  }

  void remove(ChunkWords chunk) {
    change(chunk, -1);
  }

  private void change(ChunkWords chunk, int by) {
    for (int field = 0; field < chunk.fields().size(); field++) {
      if (field == frequencies.size()) {
        frequencies.add(new HashMap<>());
        filled.add(0);
      }
      Set<String> words = chunk.fields().get(field);
      filled.set(field, filled.get(field) + (words.isEmpty() ? 0 : by));
      Map<String, Integer> counts = frequencies.get(field);
      for (String word : words) {
        counts.merge(word, by, (a, b) -> a + b == 0 ? null : a + b);
      }
    }
    total += by * chunk.total();
  }

  /// Mean number of words of a chunk, 1 if there is none.
  double averageLength() {
    int chunks = chunks();
    return chunks == 0 || total <= 0 ? 1 : (float) (total / chunks);
  }

  QueryWords query(String text) {
    return QueryWords.of(text, chunks(), this::frequency);
  }

  private int chunks() {
    return filled.stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  /// As Lucene's BM25F has it: the highest of the fields.
  private int frequency(String word) {
    return frequencies.stream().mapToInt(field -> field.getOrDefault(word, 0)).max().orElse(0);
  }

  /// A chunk's words with their saturation.
  static Sparse sparse(ChunkWords chunk, double averageLength) {
    Map<Integer, Float> values = new TreeMap<>();
    for (String word : chunk.frequencies().keySet()) {
      values.merge(index(word), chunk.saturation(word, averageLength), Float::sum);
    }
    return Sparse.of(values);
  }

  /// A query's known words with their inverse document frequencies.
  static Sparse sparse(QueryWords query) {
    Map<Integer, Float> values = new TreeMap<>();
    for (QueryWords.Word word : query.words()) {
      if (word.known()) {
        values.merge(index(word.text()), (float) word.idf(), Float::sum);
      }
    }
    return Sparse.of(values);
  }

  /// Of 100,000 words about one pair shares a number, and then counts as one word.
  private static int index(String word) {
    CRC32C hash = new CRC32C();
    hash.update(word.getBytes(StandardCharsets.UTF_8));
    return (int) hash.getValue();
  }

  /// A sparse vector.
  record Sparse(List<Integer> indices, List<Float> values) {
    Sparse {
      indices = List.copyOf(indices);
      values = List.copyOf(values);
    }

    private static Sparse of(Map<Integer, Float> values) {
      return new Sparse(List.copyOf(values.keySet()), List.copyOf(values.values()));
    }

    /// For the protocol, which wants the values first.
    io.qdrant.client.grpc.Points.Vector vector() {
      return io.qdrant.client.VectorFactory.vector(values, indices);
    }
  }
}

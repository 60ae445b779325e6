package dev.memoryrouter.bench;

import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.memory.BankReader;
import dev.memoryrouter.retrieval.Retriever;
import dev.memoryrouter.retrieval.SearchResult;
import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.lucene.LuceneVectorStore;
import dev.memoryrouter.tokens.TokenCounters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A whole search for the best twelve sections, by meaning and by words, among made-up sections of
/// one chunk each. The vector of the question is known, so that the embedding model is not timed.
@State(Scope.Benchmark)
public class SearchBench {
  @Param({"1000", "10000"})
  public int sections;

  private @Nullable VectorStore store;
  private @Nullable Retriever retriever;

  @Setup
  public void fill() throws IOException {
    Path folder = Files.createTempDirectory("search-bench");
    VectorStore filled =
        LuceneVectorStore.open(folder, new IndexIdentity("random", SyntheticBank.DIMENSION, "1"));
    var bank = new SyntheticBank(7);
    bank.fill(filled, 0, sections);
    store = filled;
    Embedder known = new KnownVector(bank.vector(sections));
    retriever =
        new Retriever(
            filled, () -> Optional.of(known), TokenCounters.of("qwen"), new BankReader()::read);
  }

  @TearDown
  public void close() throws IOException {
    if (store != null) {
      store.close();
    }
  }

  @Benchmark
  public @Nullable SearchResult search() {
    return retriever == null
        ? null
        : retriever.sections(
            SyntheticBank.BANK, "why does the slow gauge queue retry before number77", 12);
  }

  private static final class KnownVector implements Embedder {
    private final float[] vector;

    KnownVector(float[] vector) {
      this.vector = vector;
    }

    @Override
    public String model() {
      return "random";
    }

    @Override
    public int dimension() {
      return SyntheticBank.DIMENSION;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      return texts.stream().map(_ -> vector).toList();
    }
  }
}

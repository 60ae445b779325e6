package dev.memoryrouter.bench;

import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankReader;
import dev.memoryrouter.retrieval.Retriever;
import dev.memoryrouter.retrieval.SearchResult;
import dev.memoryrouter.store.ChunkRecord;
import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.Change;
import dev.memoryrouter.store.VectorStore.Embedded;
import dev.memoryrouter.store.lucene.LuceneVectorStore;
import dev.memoryrouter.testing.AgentConversations;
import dev.memoryrouter.testing.AgentConversations.Shape;
import dev.memoryrouter.tokens.TokenCounters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
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
  private static final int DIMENSION = 384;
  private static final Bank BANK = new Bank("bench", Path.of("none"), null);

  @Param({"1000", "10000"})
  public int sections;

  private @Nullable VectorStore store;
  private @Nullable Retriever retriever;

  @Setup
  public void fill() throws IOException {
    Path folder = Files.createTempDirectory("search-bench");
    VectorStore filled =
        LuceneVectorStore.open(folder, new IndexIdentity("random", DIMENSION, "1"));
    var random = new Random(7);
    var texts = new AgentConversations(Shape.PLAIN, "/w", 10, 7);
    for (int from = 0; from < sections; from += 1_000) {
      List<SectionRecord> records = new ArrayList<>();
      List<Embedded> chunks = new ArrayList<>();
      for (int i = from; i < from + 1_000; i++) {
        SectionRecord section = section(i, texts.prose(400) + " number" + i);
        records.add(section);
        chunks.add(new Embedded(chunk(section), unit(random)));
      }
      filled.apply(BANK.name(), new Change(false, Set.of(), records, chunks, List.of()));
    }
    store = filled;
    Embedder known = new KnownVector(unit(random));
    retriever =
        new Retriever(
            filled, () -> Optional.of(known), TokenCounters.of("qwen"), new BankReader()::read);
  }

  private static SectionRecord section(int number, String text) {
    String name = "s" + number;
    return new SectionRecord(
        name,
        "hash",
        "notes.md",
        name,
        List.of("Top", name),
        number + 1,
        number + 1,
        1,
        true,
        text);
  }

  private static ChunkRecord chunk(SectionRecord section) {
    return new ChunkRecord(
        section.id() + "#0",
        section.id(),
        section.hash(),
        section.file(),
        section.heading(),
        section.headingPath(),
        section.startLine(),
        section.endLine(),
        section.startLine(),
        section.endLine(),
        section.text());
  }

  private static float[] unit(Random random) {
    float[] vector = new float[DIMENSION];
    double squares = 0;
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) random.nextGaussian();
      squares += vector[i] * vector[i];
    }
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] /= (float) Math.sqrt(squares);
    }
    return vector;
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
        : retriever.sections(BANK, "why does the slow gauge queue retry before number77", 12);
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
      return DIMENSION;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      return texts.stream().map(_ -> vector).toList();
    }
  }
}

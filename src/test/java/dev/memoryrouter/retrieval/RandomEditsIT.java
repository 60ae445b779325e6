package dev.memoryrouter.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.EmbeddingException;
import dev.memoryrouter.embedding.HashEmbedder;
import dev.memoryrouter.embedding.MiniLmEmbedder;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankReader;
import dev.memoryrouter.memory.Chunker;
import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.QdrantSettings;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.Scored;
import dev.memoryrouter.store.lucene.LuceneVectorStore;
import dev.memoryrouter.store.qdrant.FakeQdrant;
import dev.memoryrouter.store.qdrant.QdrantVectorStore;
import dev.memoryrouter.tokens.WordPieces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random changes of a bank, with kills in between: the index then says what an index made from
/// nothing says. `-Drandom.edits=1000` takes the long form, `-Drandom.seed=N` repeats a run.
class RandomEditsIT {
  private static final int EDITS = Integer.getInteger("random.edits", 60);
  private static final int FEW_EDITS = Math.max(20, EDITS / 10);
  private static final int BATCH = 5;
  private static final int ALL = 100_000;

  @TempDir Path temp;

  private final long seed = Long.getLong("random.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Chunker chunker = new Chunker(WordPieces.miniLm(), MiniLmEmbedder.WINDOW);
  private Bank bank;
  private RandomBank notes;

  @BeforeEach
  void makeBank() throws IOException {
    System.out.println("random edits, seed " + seed);
    bank = new Bank("app", Files.createDirectory(temp.resolve("memory-bank")), null);
    notes = new RandomBank(bank.root(), random);
  }

  @Test
  void lucene_randomEditsAndKills_equalAFreshIndex() throws IOException {
    runInLucene(EDITS, new HashEmbedder());
  }

  @Test
  void lucene_realVectors_equalAFreshIndex() throws IOException {
    try (MiniLmEmbedder embedder = MiniLmEmbedder.load()) {
      runInLucene(FEW_EDITS, embedder);
    }
  }

  @Test
  void qdrant_randomEditsAndKills_equalAFreshIndex() throws IOException {
    Embedder embedder = new HashEmbedder();
    try (FakeQdrant qdrant = FakeQdrant.start();
        VectorStore store =
            QdrantVectorStore.open(
                QdrantSettings.of(qdrant.url(), null), identity(embedder), "me")) {
      for (int edit = 0; edit < FEW_EDITS; edit += BATCH) {
        change();
        qdrant.dieAfter(random.nextInt(9), random.nextBoolean());
        tryToIndex(store, embedder, ALL);
        qdrant.restart();
        indexWhenBack(store, embedder);
        assertFresh(store, embedder, edit, 0.02f);
      }
    }
  }

  private void indexWhenBack(VectorStore store, Embedder embedder) {
    Awaitility.await().until(() -> tryToIndex(store, embedder, ALL));
  }

  private void runInLucene(int edits, Embedder embedder) throws IOException {
    Path folder = temp.resolve("index");
    for (int edit = 0; edit < edits; edit += BATCH) {
      change();
      Path image = temp.resolve("image" + edit);
      try (VectorStore store = LuceneVectorStore.open(folder, identity(embedder))) {
        // The embedder that dies stands for a kill between two commits.
        boolean done = tryToIndex(store, embedder, random.nextInt(12));
        if (!done && random.nextBoolean()) {
          change();
        }
        copy(folder, image); // what a kill would leave: the writer is not closed
      }
      try (VectorStore store = LuceneVectorStore.open(image, identity(embedder))) {
        assertThat(tryToIndex(store, embedder, ALL)).as("seed %d", seed).isTrue();
        if (random.nextInt(6) == 0) {
          indexer(store, embedder).reindex(bank, true, Progress.SILENT);
        }
        assertFresh(store, embedder, edit, 1e-5f);
      }
      folder = image;
    }
  }

  private void change() throws IOException {
    for (int i = 0; i < BATCH; i++) {
      notes.change();
    }
  }

  /// @param texts that are embedded before the embedder dies
  private boolean tryToIndex(VectorStore store, Embedder embedder, int texts) {
    try {
      indexer(store, new DyingEmbedder(embedder, texts)).reindex(bank, false, Progress.SILENT);
      return true;
    } catch (IndexingException _) {
      return false;
    }
  }

  private Indexer indexer(VectorStore store, Embedder embedder) {
    return new Indexer(
        new BankReader()::read,
        chunker::chunks,
        EmbedderHandle.of(embedder),
        store,
        InstantSource.system());
  }

  private void assertFresh(VectorStore store, Embedder embedder, int edit, float tolerance)
      throws IOException {
    try (VectorStore fresh =
        LuceneVectorStore.open(temp.resolve("fresh" + edit), identity(embedder))) {
      indexer(fresh, embedder).reindex(bank, false, Progress.SILENT);
      String where = "seed " + seed + ", edit " + edit;
      assertThat(store.sections("app")).as(where).isEqualTo(fresh.sections("app"));
      assertThat(store.size("app")).as(where).isEqualTo(fresh.size("app"));
      for (int i = 0; i < 3; i++) {
        String query = notes.sentence();
        float[] vector = embedder.embed(query);
        assertSame(
            store.nearest("app", vector, ALL), fresh.nearest("app", vector, ALL), where, 1e-5f);
        assertSame(
            store.matching("app", query, ALL).chunks(),
            fresh.matching("app", query, ALL).chunks(),
            where,
            tolerance);
      }
    }
  }

  private static void assertSame(
      List<Scored> found, List<Scored> expected, String where, float tolerance) {
    List<Scored> one = byId(found);
    List<Scored> other = byId(expected);
    assertThat(one).as(where).extracting(Scored::chunk).isEqualTo(chunks(other));
    for (int i = 0; i < one.size(); i++) {
      float score = other.get(i).score();
      assertThat(one.get(i).score())
          .as(where)
          .isCloseTo(score, within(tolerance * Math.max(1, Math.abs(score))));
    }
  }

  private static List<Object> chunks(List<Scored> scored) {
    return scored.stream().<Object>map(Scored::chunk).toList();
  }

  private static List<Scored> byId(List<Scored> scored) {
    List<Scored> sorted = new ArrayList<>(scored);
    sorted.sort(Comparator.comparing(hit -> hit.chunk().id()));
    return sorted;
  }

  private static IndexIdentity identity(Embedder embedder) {
    return new IndexIdentity(embedder.model(), embedder.dimension(), Chunker.VERSION);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  /// Works for some texts and never again.
  private record DyingEmbedder(Embedder embedder, AtomicInteger left) implements Embedder {
    DyingEmbedder(Embedder embedder, int texts) {
      this(embedder, new AtomicInteger(texts));
    }

    @Override
    public String model() {
      return embedder.model();
    }

    @Override
    public int dimension() {
      return embedder.dimension();
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      if (left.addAndGet(-texts.size()) < 0) {
        throw new EmbeddingException("killed by this test", null);
      }
      return embedder.embed(texts);
    }
  }
}

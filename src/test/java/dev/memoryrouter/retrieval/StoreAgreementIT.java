package dev.memoryrouter.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.HashEmbedder;
import dev.memoryrouter.embedding.MiniLmEmbedder;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankReader;
import dev.memoryrouter.memory.Chunker;
import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.QdrantSettings;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.lucene.LuceneVectorStore;
import dev.memoryrouter.store.qdrant.FakeQdrant;
import dev.memoryrouter.store.qdrant.QdrantVectorStore;
import dev.memoryrouter.tokens.TokenCounters;
import dev.memoryrouter.tokens.WordPieces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// The same questions to the same banks in Lucene and in Qdrant: some of the development banks with
/// the vectors of a stand-in, or all of them with the real ones by `-Dagreement=full`, which takes
/// a minute.
class StoreAgreementIT {
  private static final Path BANKS = Path.of("../shared/eval/banks/dev");
  private static final int TOP = 10;
  private static final boolean FULL = System.getProperty("agreement", "").equals("full");
  private static final int SOME = 4;

  @TempDir Path temp;

  @Test
  void sections_allQuestions_areTheSameInBothStores() throws IOException {
    assumeThat(BANKS).as("development banks").exists();
    try (EmbedderHandle handle = EmbedderHandle.of(embedder());
        FakeQdrant qdrant = FakeQdrant.start();
        VectorStore lucene = LuceneVectorStore.open(temp, identity(handle));
        VectorStore remote =
            QdrantVectorStore.open(QdrantSettings.of(qdrant.url(), null), identity(handle), "me")) {
      Agreement agreement = new Agreement();
      for (Bank bank : banks()) {
        index(lucene, handle, bank);
        index(remote, handle, bank);
      }
      for (Bank bank : banks()) {
        for (String question : questions(bank)) {
          agreement.add(
              files(retriever(lucene, handle).sections(bank, question, TOP)),
              files(retriever(remote, handle).sections(bank, question, TOP)));
        }
      }
      System.out.println("Lucene and Qdrant: " + agreement);
      assertThat(agreement.share()).isGreaterThanOrEqualTo(0.95);
    }
  }

  private static Embedder embedder() {
    return FULL ? MiniLmEmbedder.load() : new HashEmbedder();
  }

  private static IndexIdentity identity(EmbedderHandle handle) {
    Embedder embedder = handle.ready().orElseThrow();
    return new IndexIdentity(embedder.model(), embedder.dimension(), Chunker.VERSION);
  }

  private static List<Bank> banks() throws IOException {
    try (Stream<Path> folders = Files.list(BANKS)) {
      return folders
          .sorted()
          .limit(FULL ? Integer.MAX_VALUE : SOME)
          .map(folder ->
              new Bank(folder.getFileName().toString(), folder.resolve("memory-bank"), null))
          .toList();
    }
  }

  private static List<String> questions(Bank bank) throws IOException {
    return Files.readAllLines(bank.root().resolveSibling("queries.jsonl")).stream()
        .map(line -> JsonMapper.shared().readTree(line).path("query").asString())
        .toList();
  }

  private static void index(VectorStore store, EmbedderHandle handle, Bank bank) {
    Chunker chunker = new Chunker(WordPieces.miniLm(), MiniLmEmbedder.WINDOW);
    new Indexer(new BankReader()::read, chunker::chunks, handle, store, InstantSource.system())
        .reindex(bank, false, Progress.SILENT);
  }

  private static Retriever retriever(VectorStore store, EmbedderHandle handle) {
    return new Retriever(
        store,
        () -> Optional.of(handle.ready().orElseThrow()),
        TokenCounters.of("qwen"),
        new BankReader()::read);
  }

  private static Set<String> files(SearchResult result) {
    Set<String> found = new HashSet<>();
    ((SearchResult.Found) result)
        .hits()
        .forEach(hit -> found.add(hit.file() + ":" + hit.startLine()));
    return found;
  }

  private static final class Agreement {
    private int same;
    private int all;

    void add(Set<String> one, Set<String> other) {
      all++;
      same += one.equals(other) ? 1 : 0;
    }

    double share() {
      return (double) same / all;
    }

    @Override
    public String toString() {
      return "same top " + TOP + " for " + same + " of " + all + " questions";
    }
  }
}

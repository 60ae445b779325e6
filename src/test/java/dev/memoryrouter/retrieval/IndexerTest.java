package dev.memoryrouter.retrieval;

import static dev.memoryrouter.retrieval.Notes.BANK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.EmbeddingException;
import dev.memoryrouter.embedding.HashEmbedder;
import dev.memoryrouter.memory.BankContents.Skipped;
import dev.memoryrouter.store.InMemoryVectorStore;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore.Change;
import dev.memoryrouter.store.VectorStore.Size;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexerTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final Notes notes =
      new Notes()
          .put("a.md", "# One\nfirst line\nsecond line\n# Two\nthird line")
          .put("b.md", "# Other\nfourth line");
  private final InMemoryVectorStore store = new InMemoryVectorStore();
  private final HashEmbedder embedder = new HashEmbedder();
  private final Indexer indexer = indexer(embedder);

  private Indexer indexer(Embedder with) {
    return new Indexer(
        notes::read, Notes::chunks, EmbedderHandle.of(with), store, InstantSource.fixed(NOW));
  }

  @Test
  void reindex_emptyIndex_embedsAll() {
    IndexReport report = reindex();
    assertThat(List.of(report.files(), report.sections(), report.chunks()))
        .containsExactly(2, 3, 4);
    assertCounts(report, 4, 0, 0);
    assertThat(embedder.embedded()).isEqualTo(4);
    assertThat(store.size("app")).contains(new Size(3, 4, 4));
  }

  @Test
  void reindex_nothingChanged_writesNothing() {
    reindex();
    int changes = store.changes().size();
    assertCounts(reindex(), 0, 4, 0);
    assertThat(store.changes()).hasSize(changes);
  }

  @Test
  void reindex_nothingToEmbed_needsNoEmbedder() {
    reindex();
    Indexer without =
        new Indexer(
            notes::read,
            Notes::chunks,
            EmbedderHandle.load(() -> {
              throw new EmbeddingException("no model", null);
            }),
            store,
            InstantSource.fixed(NOW));
    assertCounts(without.reindex(BANK, false, Progress.SILENT), 0, 4, 0);
  }

  @Test
  void reindex_sectionChanged_embedsOnlyIt() {
    reindex();
    notes.put("a.md", "# One\nfirst line\nsecond line\n# Two\nthird line, edited");
    assertCounts(reindex(), 1, 3, 1);
    assertThat(store.matching("app", "edited", 5).chunks()).hasSize(1);
  }

  @Test
  void reindex_sectionMoved_hasNewLinesWithoutEmbedding() {
    reindex();
    notes.put("a.md", "# Zero\nnew\n# One\nfirst line\nsecond line\n# Two\nthird line");
    assertCounts(reindex(), 1, 4, 0);
    assertThat(store.matching("app", "third", 5).chunks().getFirst().chunk().startLine())
        .isEqualTo(7);
    assertThat(store.sections("app", Set.of("a.md:Two")).values())
        .extracting(SectionRecord::startLine)
        .containsExactly(6);
    assertCounts(reindex(), 0, 5, 0);
  }

  @Test
  void reindex_headingAndFileGone_leaveTheIndex() {
    reindex();
    notes.put("a.md", "# Two\nthird line");
    notes.remove("b.md");
    IndexReport report = reindex();
    assertCounts(report, 0, 1, 3);
    assertThat(report.chunks()).isEqualTo(1);
    assertThat(store.sections("app")).containsOnlyKeys("a.md:Two");
  }

  @Test
  void reindex_fileCannotBeRead_keepsItsSectionsUntilItCan() {
    reindex();
    notes.remove("b.md");
    notes.skip("b.md", "no permission to read it");
    IndexReport report = reindex();
    assertCounts(report, 0, 4, 0);
    assertThat(report.files()).isEqualTo(1);
    assertThat(store.matching("app", "fourth", 5).chunks()).hasSize(1);
    notes.skipNothing();
    assertCounts(reindex(), 0, 3, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sub", "sub/b.md", "."})
  void reindex_folderCannotBeRead_keepsWhatLiesBelow(String skipped) {
    notes.put("sub/b.md", "# Below\nfifth line");
    notes.put("subway.md", "# Beside\nsixth line");
    reindex();
    notes.remove("sub/b.md");
    notes.remove("subway.md");
    notes.skip(skipped, "no permission to read it");
    assertThat(reindex().deleted()).isEqualTo(skipped.equals(".") ? 0 : 1);
    assertThat(store.matching("app", "fifth", 5).chunks()).hasSize(1);
  }

  @Test
  void reindex_missingRoot_keepsTheIndexAndIsAProblem() {
    reindex();
    notes.remove("a.md");
    notes.remove("b.md");
    notes.skip(".", "no such folder: /x");
    assertCounts(reindex(), 0, 4, 0);
    assertThat(indexer.status(BANK).problem())
        .isEqualTo(
            "bank app cannot be read: no such folder: /x; what was indexed before is still found");
  }

  @Test
  void reindex_full_embedsAllAnew() {
    reindex();
    assertCounts(indexer.reindex(BANK, true, Progress.SILENT), 4, 0, 4);
  }

  @Test
  void reindex_emptyBank_hasAnIndexAfterwards() {
    notes.remove("a.md");
    notes.remove("b.md");
    assertCounts(reindex(), 0, 0, 0);
    assertThat(store.size("app")).isPresent();
  }

  @Test
  void reindex_bigBank_commitsAllWordsAndThenVectorsOfWholeSections() {
    putMany();
    List<Integer> progress = new ArrayList<>();
    IndexReport report = indexer.reindex(BANK, false, (done, _) -> progress.add(done));
    Change words = store.changes().getFirst();
    assertThat(words.added())
        .hasSize(report.chunks())
        .allSatisfy(chunk -> assertThat(chunk.vector()).isNull());
    List<Change> vectors = store.changes().subList(1, store.changes().size());
    assertThat(vectors).hasSizeGreaterThan(2);
    Set<String> seen = new HashSet<>();
    for (Change change : vectors) {
      assertThat(change.removedSections()).isEmpty();
      change.sections().forEach(section -> assertThat(seen.add(section.id())).isTrue());
    }
    assertThat(progress).isSorted().endsWith(report.chunks()).hasSizeGreaterThan(2);
  }

  private void putMany() {
    for (int file = 0; file < 10; file++) {
      notes.put("f" + file + ".md", "# A\n" + "line\n".repeat(60) + "# B\n" + "line\n".repeat(60));
    }
  }

  @Test
  void reindex_enough_keepsWhatIsEmbeddedAndGoesOnLater() {
    putMany();
    IndexReport first =
        indexer.reindex(BANK, false, Progress.SILENT, () -> embedder.embedded() > 300);
    assertThat(first.embedded()).isBetween(301, 1_000);
    assertThat(indexer.status(BANK).embeddedShare())
        .isEqualTo((double) first.embedded() / first.chunks());
    IndexReport rest = reindex();
    assertThat(rest.reused()).isEqualTo(first.embedded());
    assertThat(rest.embedded()).isEqualTo(first.chunks() - first.embedded());
    assertThat(indexer.status(BANK).embeddedShare()).isEqualTo(1);
  }

  @Test
  void reindex_fullAndKilled_keepsAllVectors() {
    reindex();
    indexer.reindex(BANK, true, Progress.SILENT, () -> embedder.embedded() > 5);
    assertThat(store.size("app")).contains(new Size(3, 4, 4));
  }

  @Test
  void reindex_embedderNotThere_findsByWordsAndEmbedsWhatIsMissingLater() {
    reindex();
    notes.put("c.md", "# Late\nfifth line");
    EmbedderHandle without =
        EmbedderHandle.load(() -> {
          throw new EmbeddingException("no model", null);
        });
    Indexer words =
        new Indexer(notes::read, Notes::chunks, without, store, InstantSource.fixed(NOW));
    assertThatThrownBy(() -> words.reindex(BANK, false, Progress.SILENT))
        .hasMessage("bank app is found by its words alone: no model");
    assertThat(store.matching("app", "fifth", 5).chunks()).hasSize(1);
    assertThat(store.size("app")).contains(new Size(4, 5, 4));
    assertCounts(reindex(), 1, 4, 0);
    assertThat(store.size("app")).contains(new Size(4, 5, 5));
  }

  @Test
  void reindex_editWhileTheModelLoads_neverWaitsForIt() {
    CountDownLatch loaded = new CountDownLatch(1);
    EmbedderHandle loading =
        EmbedderHandle.load(() -> {
          try {
            loaded.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
          return embedder;
        });
    Indexer early =
        new Indexer(notes::read, Notes::chunks, loading, store, InstantSource.fixed(NOW));
    assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> early.reindex(BANK, false, Progress.SILENT, () -> true));
    assertThat(store.size("app")).contains(new Size(3, 4, 0));
    loaded.countDown();
    early.reindex(BANK, false, Progress.SILENT);
    assertThat(store.size("app")).contains(new Size(3, 4, 4));
  }

  @Test
  void reindex_embeddingFails_saysWhyAndKeepsTheIndex() {
    reindex();
    notes.put("b.md", "# Other\nfourth line, edited");
    Indexer failing =
        indexer(
            new Embedder() {
              @Override
              public String model() {
                return "hash";
              }

              @Override
              public int dimension() {
                return HashEmbedder.DIMENSION;
              }

              @Override
              public List<float[]> embed(List<String> texts) {
                throw new EmbeddingException("out of memory", null);
              }
            });
    assertThatThrownBy(() -> failing.reindex(BANK, false, Progress.SILENT))
        .isInstanceOf(IndexingException.class)
        .hasMessage("bank app is found by its words alone: out of memory");
    assertThat(store.matching("app", "edited", 5).chunks()).hasSize(1);
    assertThat(failing.status(BANK).problem()).contains("out of memory");
    assertThat(failing.status(BANK).progress()).isNull();
    assertThat(store.size("app").orElseThrow().chunks()).isEqualTo(4);
  }

  @Test
  void reindex_fromManyThreads_embedsEachChunkOnce() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<IndexReport>> reports = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        reports.add(threads.submit(this::reindex));
      }
      int embedded = 0;
      for (Future<IndexReport> report : reports) {
        embedded += report.get().embedded();
      }
      assertThat(embedded).isEqualTo(4);
    }
  }

  @Test
  void status_beforeAndAfter_saysWhatIsThere() {
    BankStatus before = indexer.status(BANK);
    assertThat(before.embeddedShare()).isZero();
    assertThat(before.lastIndexed()).isNull();
    notes.skip("big.md", "too large");
    reindex();
    assertThat(indexer.status(BANK))
        .isEqualTo(
            new BankStatus(
                "app", 2, 3, 4, 1, NOW, null, List.of(new Skipped("big.md", "too large")), null));
    BankStatus afterRestart = indexer(embedder).status(BANK);
    assertThat(afterRestart.files()).isEqualTo(2);
    assertThat(afterRestart.embeddedShare()).isEqualTo(1);
    assertThat(afterRestart.lastIndexed()).isNull();
  }

  private IndexReport reindex() {
    return indexer.reindex(BANK, false, Progress.SILENT);
  }

  private static void assertCounts(IndexReport report, int embedded, int reused, int deleted) {
    assertThat(List.of(report.embedded(), report.reused(), report.deleted()))
        .as("embedded, reused, deleted")
        .containsExactly(embedded, reused, deleted);
  }
}

package dev.memoryrouter.store.qdrant;

import static dev.memoryrouter.store.Records.DIMENSION;
import static dev.memoryrouter.store.Records.add;
import static dev.memoryrouter.store.Records.axis;
import static dev.memoryrouter.store.Records.chunk;
import static dev.memoryrouter.store.Records.embedded;
import static dev.memoryrouter.store.Records.remove;
import static dev.memoryrouter.store.Records.section;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.QdrantSettings;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.Change;
import dev.memoryrouter.store.VectorStore.Size;
import dev.memoryrouter.store.VectorStoreContract;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The store against the stand-in. [RealQdrantIT] runs the contract against a real server.
class QdrantVectorStoreTest extends VectorStoreContract {
  private static final String OWNER = "me";
  private static final IndexIdentity IDENTITY = new IndexIdentity("test", DIMENSION, "1");

  private final FakeQdrant qdrant = FakeQdrant.start();

  @Override
  protected VectorStore open() throws IOException {
    return open(qdrant.url(), null);
  }

  private static VectorStore open(URI url, @Nullable String key) throws IOException {
    return QdrantVectorStore.open(settings(url, key), IDENTITY, OWNER);
  }

  private static QdrantSettings settings(URI url, @Nullable String key) {
    return settings(url, key, Duration.ofSeconds(5));
  }

  private static QdrantSettings settings(URI url, @Nullable String key, Duration timeout) {
    return new QdrantSettings(
        url, key, null, "test", timeout, 16, 100, 256, 10_000, QdrantSettings.Quantization.SCALAR);
  }

  @AfterEach
  void stopQdrant() {
    qdrant.close();
  }

  @Test
  void open_existingIndex_isFoundAgain() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    store.close();
    qdrant.restart();
    store = open();
    assertThat(store.size(BANK)).contains(new Size(1, 1, 1));
    assertThat(store.matching(BANK, "one", 1).chunks()).hasSize(1);
  }

  @Test
  void collection_firstChange_hasTenantsIndexesAndAnAlias() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    String alias = settings(qdrant.url(), null).collection();
    assertThat(qdrant.aliases).containsEntry(alias, alias + "-1");
    FakeCollection collection = qdrant.collection(alias);
    assertThat(collection.indexes())
        .containsOnlyKeys("bank", "kind", "section", "added", "removed");
    assertThat(collection.indexes().get("bank")).contains("is_tenant: true");
    assertThat(collection.definition().getHnswConfig().getM()).isZero();
    assertThat(collection.definition().getHnswConfig().getPayloadM()).isEqualTo(16);
    var meaning =
        collection.definition().getVectorsConfig().getParamsMap().getMapOrThrow("meaning");
    assertThat(meaning.getQuantizationConfig().hasScalar()).isTrue();
    assertThat(
            collection.definition().getSparseVectorsConfig().getMapOrThrow("words").hasModifier())
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"model", "chunker", "dimension"})
  void apply_otherIdentity_fillsANewCollectionAndSwitchesTheAlias(String what) throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    IndexIdentity other =
        new IndexIdentity(
            what.equals("model") ? "other" : "test",
            what.equals("dimension") ? 4 : DIMENSION,
            what.equals("chunker") ? "2" : "1");
    try (VectorStore changed = QdrantVectorStore.open(settings(qdrant.url(), null), other, OWNER)) {
      assertThat(changed.size(BANK)).isEmpty();
      assertThat(changed.sections(BANK)).isEmpty();
      assertThat(store.size(BANK)).isPresent();
      SectionRecord section = section("b", 1, "two", false);
      changed.apply(
          BANK,
          new Change(
              false,
              Set.of(),
              List.of(section),
              List.of(new VectorStore.Embedded(chunk(section), null)),
              List.of()));
      assertThat(changed.sections(BANK)).containsOnlyKeys("b");
      assertThat(changed.matching(BANK, "two", 5).chunks()).hasSize(1);
    }
    assertThat(qdrant.collections).hasSize(1);
    assertThat(qdrant.collections.keySet().iterator().next()).endsWith("-2");
    assertThat(store.size(BANK)).isEmpty();
  }

  @Test
  void apply_otherInstallation_neverMeetsItsBankOfTheSameName() throws IOException {
    store.apply(BANK, add(section("a", 1, "secret"), 0));
    try (VectorStore other =
        QdrantVectorStore.open(settings(qdrant.url(), null), IDENTITY, "another")) {
      assertThat(other.size(BANK)).isEmpty();
      other.apply(BANK, add(section("b", 1, "public"), 0));
      assertThat(other.sections(BANK)).containsOnlyKeys("b");
      assertThat(other.matching(BANK, "secret", 5).chunks()).isEmpty();
      assertThat(other.nearest(BANK, axis(0), 5)).hasSize(1);
      assertThat(other.sections(BANK, Set.of("a"))).isEmpty();
      other.apply(BANK, new Change(true, Set.of(), List.of(), List.of(), List.of()));
    }
    assertThat(store.sections(BANK)).containsOnlyKeys("a");
    assertThat(store.matching(BANK, "secret", 5).chunks()).hasSize(1);
  }

  @Test
  void installationId_isMadeOnceAndKept(@TempDir Path folder) {
    Path store = folder.resolve("vector-stores");
    String unknown = InstallationId.of(store, true);
    assertThat(store).doesNotExist();
    String id = InstallationId.of(store, false);
    assertThat(id).isNotEqualTo(unknown);
    assertThat(InstallationId.of(store, false)).isEqualTo(id);
    assertThat(InstallationId.of(store, true)).isEqualTo(id);
  }

  @Test
  void candidates_bothWays_takeOneBatch() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    int before = qdrant.calls().size();
    store.candidates(BANK, axis(0), "one", 5);
    assertThat(qdrant.calls().subList(before, qdrant.calls().size()))
        .containsExactly("get", "queryBatch");
  }

  @Test
  void apply_killedAnywhere_showsAllOrNothing() throws IOException {
    SectionRecord before = section("a", 1, "old words");
    SectionRecord after = section("a", 1, "new sentence");
    SectionRecord more = section("b", 9, "another new thing");
    Change change =
        new Change(
            false,
            Set.of("a"),
            List.of(after, more),
            List.of(embedded(after, 1), embedded(more, 2)),
            List.of());
    boolean done = false;
    for (int writes = 0; !done; writes++) {
      for (boolean unacknowledged : new boolean[] {false, true}) {
        qdrant.restartEmpty();
        try (VectorStore fresh = open()) {
          fresh.apply(BANK, add(before, 0));
          qdrant.dieAfter(writes, unacknowledged);
          done = isApplied(fresh, change);
        }
        qdrant.restart();
        try (VectorStore again = open()) {
          boolean committed = again.sections(BANK).containsKey("b");
          assertThat(again.matching(BANK, "old", 5).chunks()).hasSize(committed ? 0 : 1);
          assertThat(again.matching(BANK, "new", 5).chunks()).hasSize(committed ? 2 : 0);
          assertThat(again.size(BANK)).contains(committed ? new Size(2, 2, 2) : new Size(1, 1, 1));
          again.apply(BANK, change);
          assertThat(again.matching(BANK, "old", 5).chunks()).isEmpty();
          assertThat(again.matching(BANK, "new", 5).chunks()).hasSize(2);
          assertThat(again.nearest(BANK, axis(0), 5)).hasSize(2);
        }
      }
    }
  }

  private static boolean isApplied(VectorStore store, Change change) {
    try {
      store.apply(BANK, change);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void anything_serverDown_failsAtOnceWithARemedyAndRecovers() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    qdrant.kill();
    assertThatThrownBy(() -> store.matching(BANK, "one", 5))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(qdrant.url().toString())
        .hasMessageContaining("cannot be reached")
        .hasMessageContaining("QDRANT_URL");
    assertThat(store.problem(BANK)).isPresent();
    assertThatThrownBy(() -> store.apply(BANK, remove("a"))).isInstanceOf(IOException.class);
    qdrant.restart();
    Awaitility.await()
        .ignoreExceptions()
        .until(() -> store.matching(BANK, "one", 5).chunks().size() == 1);
    assertThat(store.problem(BANK)).isEmpty();
    store.apply(BANK, remove("a"));
    assertThat(store.size(BANK)).contains(new Size(0, 0, 0));
  }

  @Test
  void anything_serverSilent_failsAtTheDeadlineAndThenAtOnce() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    Duration timeout = Duration.ofMillis(300);
    try (VectorStore hasty =
        QdrantVectorStore.readOnly(settings(qdrant.url(), null, timeout), IDENTITY, OWNER)) {
      qdrant.pause();
      assertThatThrownBy(() -> hasty.size(BANK)).hasMessageContaining("did not answer in time");
      int calls = qdrant.calls().size();
      assertThatThrownBy(() -> hasty.size(BANK)).hasMessageContaining("did not answer in time");
      assertThat(qdrant.calls()).hasSize(calls);
      qdrant.resume();
      Awaitility.await().ignoreExceptions().until(() -> hasty.size(BANK).isPresent());
    }
  }

  @Test
  void search_pagesAreSlow_endsAtTheDeadlineOfASearch() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    Duration timeout = Duration.ofMillis(300);
    try (VectorStore hasty =
        QdrantVectorStore.readOnly(settings(qdrant.url(), null, timeout), IDENTITY, OWNER)) {
      qdrant.pause("scroll");
      assertTimeoutPreemptively(
          Duration.ofSeconds(10),
          () -> {
            assertThatThrownBy(() -> hasty.candidates(BANK, axis(0), "one", 5))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("still being counted");
            assertThatThrownBy(() -> hasty.sections(BANK, Set.of("a")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("did not answer in time");
          });
      qdrant.resume();
      Awaitility.await()
          .ignoreExceptions()
          .until(() -> hasty.matching(BANK, "one", 5).chunks().size() == 1);
    }
  }

  @Test
  void apply_killedBeforeTheOldVersionIsRemoved_removesItAtTheNextChange() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    FakeCollection any = qdrant.collections.get("test-1");
    qdrant.collections.put("test-7", any);
    qdrant.collections.put("test-other", any);
    try (VectorStore again = open()) {
      again.apply(BANK, add(section("b", 5, "two"), 1));
    }
    assertThat(qdrant.collections).containsOnlyKeys("test-1", "test-other");
  }

  @Test
  void apply_meanLengthMoves_leavesValidPointsAlone() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    float before = store.matching(BANK, "one", 5).chunks().getFirst().score();
    Change longer = add(section("b", 5, "two ".repeat(60)), 1);
    qdrant.dieAfter(2, false); // one removes what left before, one brings the new points
    assertThat(isApplied(store, longer)).isFalse();
    qdrant.restart();
    try (VectorStore again = open()) {
      assertThat(again.matching(BANK, "one", 5).chunks().getFirst().score()).isEqualTo(before);
      again.apply(BANK, longer);
      assertThat(again.matching(BANK, "one", 5).chunks().getFirst().score()).isNotEqualTo(before);
    }
  }

  @Test
  void anything_serverLostItsData_isNoIndexUntilTheNextChange() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    qdrant.restartEmpty();
    Awaitility.await().ignoreExceptions().until(() -> store.size(BANK).isEmpty());
    store.apply(BANK, add(section("b", 1, "two"), 0));
    assertThat(store.sections(BANK)).containsOnlyKeys("b");
  }

  @Test
  void anything_wrongKey_saysSo() throws IOException {
    try (FakeQdrant guarded = FakeQdrant.startWithKey("secret")) {
      for (@Nullable String key : Arrays.asList(null, "guess")) {
        try (VectorStore refused = open(guarded.url(), key)) {
          assertThatThrownBy(() -> refused.size(BANK))
              .hasMessageContaining("refuses the key")
              .hasMessageContaining("QDRANT_API_KEY")
              .hasMessageNotContaining("guess");
        }
      }
      try (VectorStore allowed = open(guarded.url(), "secret")) {
        allowed.apply(BANK, add(section("a", 1, "one"), 0));
        assertThat(allowed.size(BANK)).isPresent();
      }
    }
  }

  @Test
  void readOnly_otherStoreCommits_seesIt() throws IOException {
    try (VectorStore reader =
        QdrantVectorStore.readOnly(settings(qdrant.url(), null), IDENTITY, OWNER)) {
      assertThat(reader.size(BANK)).isEmpty();
      assertThat(qdrant.collections).isEmpty();
      store.apply(BANK, add(section("a", 1, "one"), 0));
      assertThat(reader.matching(BANK, "one", 5).chunks()).hasSize(1);
      store.apply(BANK, add(section("b", 5, "two"), 1));
      assertThat(reader.matching(BANK, "two", 5).chunks()).hasSize(1);
      assertThatThrownBy(() -> reader.apply(BANK, add(section("c", 9, "three"), 1)))
          .hasMessageContaining("reading only");
    }
  }

  @Test
  void apply_manyChanges_leavesNothingBehind() throws IOException {
    for (int i = 0; i < 5; i++) {
      store.apply(BANK, add(section("a", 1, "one " + i), i));
    }
    // The bank's own point, the chunk, the section, and the last generation of both.
    assertThat(qdrant.collection(settings(qdrant.url(), null).collection()).size()).isEqualTo(5);
  }
}

package dev.memoryrouter.store.lucene;

import static dev.memoryrouter.store.Records.DIMENSION;
import static dev.memoryrouter.store.Records.add;
import static dev.memoryrouter.store.Records.axis;
import static dev.memoryrouter.store.Records.chunk;
import static dev.memoryrouter.store.Records.section;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.VectorStore.Change;
import dev.memoryrouter.store.VectorStore.Embedded;
import dev.memoryrouter.store.VectorStore.Matches;
import dev.memoryrouter.store.VectorStore.Scored;
import dev.memoryrouter.store.VectorStore.Size;
import dev.memoryrouter.store.VectorStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LuceneVectorStoreTest extends VectorStoreContract {
  private static final IndexIdentity IDENTITY = new IndexIdentity("test", DIMENSION, "1");

  @TempDir Path root;

  @Override
  protected VectorStore open() {
    return LuceneVectorStore.open(root, IDENTITY);
  }

  @Test
  void open_existingIndex_isFoundAgain() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    store.close();
    store = open();
    assertThat(store.size(BANK)).contains(new Size(1, 1, 1));
    assertThat(store.nearest(BANK, axis(0), 1)).hasSize(1);
  }

  @Test
  void apply_filesRemovedMeanwhile_neverMakesAnIndexOfThatChangeAlone() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    removeFiles();
    assertThatThrownBy(() -> store.apply(BANK, add(section("b", 5, "two"), 1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("removed");
    assertThat(store.size(BANK)).isEmpty();
    store.apply(BANK, add(section("a", 1, "one"), 0));
    removeFiles();
    assertThat(store.size(BANK)).isEmpty();
  }

  private void removeFiles() throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve("lucene"))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"model", "chunker", "dimension"})
  void apply_otherIdentity_startsFromNothing(String what) throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    store.close();
    IndexIdentity other =
        new IndexIdentity(
            what.equals("model") ? "other" : "test",
            what.equals("dimension") ? 4 : DIMENSION,
            what.equals("chunker") ? "2" : "1");
    store = LuceneVectorStore.open(root, other);
    assertThat(store.size(BANK)).isEmpty();
    assertThat(store.sections(BANK)).isEmpty();
    assertThat(store.problem(BANK)).isEmpty();
    SectionRecord section = section("b", 1, "two");
    float[] vector = new float[other.dimension()];
    vector[0] = 1;
    Embedded chunk = new Embedded(chunk(section), vector);
    store.apply(BANK, new Change(false, Set.of(), List.of(section), List.of(chunk), List.of()));
    assertThat(store.sections(BANK)).containsOnlyKeys("b");
    assertThat(store.nearest(BANK, vector, 5)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "", "a/b", "a\\b", "/etc", ".hidden", "a b", "ü", "a\u0000"})
  void anything_badBankName_isRefused(String name) {
    assertThatThrownBy(() -> store.size(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not allowed");
  }

  @Test
  void matching_anyText_isSafe() throws IOException {
    store.apply(BANK, add(section("a", 1, "one 日本語 😀"), 0));
    List<String> queries =
        List.of(
            "",
            " ",
            "?",
            "AND OR NOT",
            "title:foo^2 ~ (",
            "\"unclosed",
            "*:*",
            "[a TO b]",
            "\\",
            "\u0000",
            "\uD83D",
            "😀",
            "日本語",
            "-",
            "the of and");
    for (String query : queries) {
      assertThat(store.matching(BANK, query, 5).ceiling()).as(query).isGreaterThanOrEqualTo(0);
    }
  }

  @Test
  void matching_hundredKilobytes_findsTheRareWord() throws IOException {
    store.apply(BANK, add(section("a", 1, "The quokka lives here."), 0));
    store.apply(BANK, add(section("b", 9, "Nothing of interest."), 1));
    StringBuilder query = new StringBuilder();
    for (int i = 0; query.length() < 100_000; i++) {
      query.append("filler").append(i).append(' ');
    }
    query.append("quokka");
    assertThat(store.matching(BANK, query.toString(), 5).chunks())
        .extracting(hit -> hit.chunk().sectionId())
        .containsExactly("a");
  }

  @Test
  void matching_partOfIdentifierFileOrHeading_finds() throws IOException {
    store.apply(BANK, add(section("Overview", 1, "Set HttpClient2.retryCount to 3."), 0));
    store.apply(
        BANK,
        add(
            new SectionRecord("x", "h", "z.md", "x", List.of("x"), 1, 2, 1, true, "Other things."),
            1));
    List<String> queries =
        List.of(
            "retryCount",
            "retry count",
            "HttpClient2.retryCount",
            "http",
            "RETRYING",
            "client's",
            "notes",
            "Overview");
    for (String query : queries) {
      assertThat(store.matching(BANK, query, 5).chunks())
          .as(query)
          .extracting(hit -> hit.chunk().sectionId())
          .containsExactly("Overview");
    }
  }

  @Test
  void matching_turkishDefaultLocale_ignoresCase() throws IOException {
    store.apply(BANK, add(section("a", 1, "INDEX IMAGE"), 0));
    assertThat(store.matching(BANK, "index image", 5).chunks()).hasSize(1);
  }

  @Test
  void nearest_aboveTheExactLimit_graphFindsNearlyAll() throws IOException {
    long seed = 7;
    Random random = new Random(seed);
    fill(NearestSearch.EXACT_LIMIT + 2_000, random);
    try (VectorStore exact = new LuceneVectorStore(root, IDENTITY, true, Integer.MAX_VALUE)) {
      int common = 0;
      for (int i = 0; i < 50; i++) {
        float[] query = unit(random);
        Set<String> found = ids(store.nearest(BANK, query, 10));
        found.retainAll(ids(exact.nearest(BANK, query, 10)));
        common += found.size();
      }
      assertThat(common / 500.0).as("recall@10, seed %d", seed).isGreaterThanOrEqualTo(0.98);
    }
  }

  private void fill(int count, Random random) throws IOException {
    List<SectionRecord> sections = new ArrayList<>();
    List<Embedded> chunks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SectionRecord section = section("s" + i, i + 1, "text");
      sections.add(section);
      chunks.add(new Embedded(chunk(section), unit(random)));
    }
    store.apply(BANK, new Change(true, Set.of(), sections, chunks, List.of()));
  }

  @Test
  void search_afterRemovals_scoresLikeAFreshIndex() throws IOException {
    for (int i = 0; i < 6; i++) {
      store.apply(BANK, add(section("s" + i, 5 * i + 1, "retries wait " + i), i));
    }
    store.apply(BANK, new Change(false, Set.of("s1", "s4"), List.of(), List.of(), List.of()));
    Path other = root.resolve("fresh");
    try (VectorStore fresh = LuceneVectorStore.open(other, IDENTITY)) {
      for (int i : List.of(5, 3, 2, 0)) {
        fresh.apply(BANK, add(section("s" + i, 5 * i + 1, "retries wait " + i), i));
      }
      Matches grown = store.matching(BANK, "retries 3", 10);
      Matches made = fresh.matching(BANK, "retries 3", 10);
      assertThat(grown.ceiling()).isEqualTo(made.ceiling());
      assertThat(grown.chunks()).containsExactlyInAnyOrderElementsOf(made.chunks());
      assertThat(store.nearest(BANK, axis(1), 10))
          .containsExactlyInAnyOrderElementsOf(fresh.nearest(BANK, axis(1), 10));
    }
  }

  private static Set<String> ids(List<Scored> found) {
    Set<String> ids = new HashSet<>();
    found.forEach(hit -> ids.add(hit.chunk().id()));
    return ids;
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

  @Test
  void readOnly_otherStoreCommits_seesIt() throws IOException {
    try (VectorStore reader = LuceneVectorStore.readOnly(root, IDENTITY)) {
      assertThat(reader.size(BANK)).isEmpty();
      assertThat(root.resolve("lucene")).doesNotExist();
      store.apply(BANK, add(section("a", 1, "one"), 0));
      assertThat(reader.size(BANK)).contains(new Size(1, 1, 1));
      store.apply(BANK, add(section("b", 5, "two"), 1));
      assertThat(reader.matching(BANK, "two", 5).chunks()).hasSize(1);
      assertThatThrownBy(() -> reader.apply(BANK, add(section("c", 9, "three"), 1)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("reading only");
    }
  }

  @Test
  void search_whileTheFirstChangeIsWritten_seesNoDamage() throws Exception {
    try (VectorStore reader = LuceneVectorStore.readOnly(root, IDENTITY)) {
      CompletableFuture<?> change =
          CompletableFuture.runAsync(
              () -> assertThatNoException().isThrownBy(() -> fill(5_000, new Random(1))));
      while (!change.isDone()) {
        for (VectorStore each : List.of(store, reader)) {
          assertThat(each.size(BANK).map(Size::sections).orElse(5_000)).isEqualTo(5_000);
          assertThat(each.problem(BANK)).isEmpty();
        }
      }
      change.get();
      assertThat(reader.size(BANK)).contains(new Size(5_000, 5_000, 5_000));
    }
  }

  @Test
  void apply_wrongDimension_isRefusedAndChangesNothing() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    SectionRecord bad = section("b", 5, "two");
    Change change =
        new Change(
            false,
            Set.of("a"),
            List.of(bad),
            List.of(new Embedded(chunk(bad), new float[3])),
            List.of());
    assertThatThrownBy(() -> store.apply(BANK, change))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("length 3");
    assertThat(store.sections(BANK)).containsOnlyKeys("a");
  }

  @Test
  void apply_failsHalfWay_keepsTheLastCommit() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    SectionRecord bad = section("b", 5, "two");
    float[] broken = axis(0);
    broken[3] = Float.NaN;
    Change change =
        new Change(
            false, Set.of("a"), List.of(bad), List.of(new Embedded(chunk(bad), broken)), List.of());
    assertThatThrownBy(() -> store.apply(BANK, change)).isNotNull();
    assertThat(store.sections(BANK)).containsOnlyKeys("a");
    store.apply(BANK, add(section("c", 9, "three"), 1));
    assertThat(store.sections(BANK)).containsOnlyKeys("a", "c");
  }
}

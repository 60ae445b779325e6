package dev.memoryrouter.store;

import static dev.memoryrouter.store.Records.add;
import static dev.memoryrouter.store.Records.axis;
import static dev.memoryrouter.store.Records.chunk;
import static dev.memoryrouter.store.Records.embedded;
import static dev.memoryrouter.store.Records.remove;
import static dev.memoryrouter.store.Records.section;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.memoryrouter.store.VectorStore.Candidates;
import dev.memoryrouter.store.VectorStore.Change;
import dev.memoryrouter.store.VectorStore.Embedded;
import dev.memoryrouter.store.VectorStore.Matches;
import dev.memoryrouter.store.VectorStore.Scored;
import dev.memoryrouter.store.VectorStore.SectionState;
import dev.memoryrouter.store.VectorStore.Size;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every store does.
public abstract class VectorStoreContract {
  protected static final String BANK = "app";

  protected VectorStore store;

  protected abstract VectorStore open() throws IOException;

  @BeforeEach
  void openStore() throws IOException {
    store = open();
  }

  @AfterEach
  void closeStore() throws IOException {
    store.close();
  }

  @Test
  void anything_bankWithoutIndex_isEmpty() throws IOException {
    assertThat(store.size(BANK)).isEmpty();
    assertThat(store.sections(BANK)).isEmpty();
    assertThat(store.sections(BANK, Set.of("a"))).isEmpty();
    assertThat(store.nearest(BANK, axis(0), 5)).isEmpty();
    assertThat(store.matching(BANK, "word", 5).chunks()).isEmpty();
    assertThat(store.problem(BANK)).isEmpty();
  }

  @Test
  void apply_emptyChange_makesAnEmptyIndex() throws IOException {
    store.apply(BANK, new Change(true, Set.of(), List.of(), List.of(), List.of()));
    assertThat(store.size(BANK)).contains(new Size(0, 0, 0));
  }

  @Test
  void apply_section_comesBackWhole() throws IOException {
    SectionRecord section =
        new SectionRecord(
            "id \u0000 ü",
            "h",
            "a/b.md",
            null,
            List.of(),
            1,
            9,
            1,
            true,
            "Text\r\nwith 😀 lines\n");
    store.apply(BANK, add(section, 0));
    assertThat(store.sections(BANK, Set.of(section.id(), "other")))
        .containsOnlyKeys(section.id())
        .containsValue(section);
    assertThat(store.sections(BANK))
        .containsEntry(section.id(), new SectionState("a/b.md", "h", 1, 9, 1, true));
    assertThat(store.nearest(BANK, axis(0), 1))
        .extracting(Scored::chunk)
        .containsExactly(chunk(section));
  }

  @Test
  void nearest_manyChunks_bestFirstByCosine() throws IOException {
    for (int i = 0; i < 5; i++) {
      store.apply(BANK, add(section("s" + i, 10 * i + 1, "text " + i), i));
    }
    float[] query = {0.6f, 0.8f, 0, 0, 0, 0, 0, 0};
    List<Scored> found = store.nearest(BANK, query, 2);
    assertThat(found).extracting(hit -> hit.chunk().sectionId()).containsExactly("s1", "s0");
    assertThat(found.get(0).score()).isCloseTo(0.8f, within(1e-5f));
    assertThat(found.get(1).score()).isCloseTo(0.6f, within(1e-5f));
  }

  @Test
  void matching_words_scoreAboveZeroAndBelowTheCeiling() throws IOException {
    store.apply(BANK, add(section("auth", 1, "The token expires after an hour."), 0));
    store.apply(BANK, add(section("build", 9, "Maven compiles everything."), 1));
    Matches matches = store.matching(BANK, "when does the token expires", 5);
    assertThat(matches.chunks())
        .extracting(hit -> hit.chunk().sectionId())
        .startsWith("auth")
        .doesNotContain("build");
    assertThat(matches.chunks().getFirst().score()).isPositive().isLessThan(matches.ceiling());
  }

  @Test
  void apply_changedSection_replacesItsChunks() throws IOException {
    store.apply(BANK, add(section("a", 1, "old words"), 0));
    SectionRecord changed = section("a", 1, "new sentence");
    store.apply(
        BANK,
        new Change(false, Set.of("a"), List.of(changed), List.of(embedded(changed, 1)), List.of()));
    assertThat(store.size(BANK)).contains(new Size(1, 1, 1));
    assertThat(store.matching(BANK, "old", 5).chunks()).isEmpty();
    assertThat(store.matching(BANK, "new", 5).chunks()).hasSize(1);
    assertThat(store.nearest(BANK, axis(1), 1).getFirst().score()).isCloseTo(1, within(1e-5f));
  }

  @Test
  void apply_removedSection_leavesWithItsChunks() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    store.apply(BANK, add(section("b", 5, "two"), 1));
    store.apply(BANK, remove("a"));
    assertThat(store.size(BANK)).contains(new Size(1, 1, 1));
    assertThat(store.sections(BANK)).containsOnlyKeys("b");
    assertThat(store.nearest(BANK, axis(0), 5))
        .extracting(hit -> hit.chunk().sectionId())
        .containsExactly("b");
  }

  @Test
  void apply_movedSection_hasNewLinesAndItsVector() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 3));
    SectionRecord moved = section("a", 41, "one");
    store.apply(
        BANK, new Change(false, Set.of(), List.of(moved), List.of(), List.of(chunk(moved))));
    assertThat(store.size(BANK)).contains(new Size(1, 1, 1));
    Scored found = store.nearest(BANK, axis(3), 1).getFirst();
    assertThat(found.score()).isCloseTo(1, within(1e-5f));
    assertThat(found.chunk()).isEqualTo(chunk(moved));
    assertThat(store.sections(BANK, Set.of("a"))).containsValue(moved);
    assertThat(store.matching(BANK, "one", 1).chunks().getFirst().chunk().startLine())
        .isEqualTo(42);
  }

  @Test
  void apply_chunkWithoutVector_isFoundByWordsUntilTheVectorComes() throws IOException {
    SectionRecord waiting = section("a", 1, "one", false);
    Embedded words = new Embedded(chunk(waiting), null);
    store.apply(BANK, new Change(false, Set.of(), List.of(waiting), List.of(words), List.of()));
    assertThat(store.size(BANK)).contains(new Size(1, 1, 0));
    assertThat(store.sections(BANK).values())
        .extracting(SectionState::embedded)
        .containsExactly(false);
    assertThat(store.nearest(BANK, axis(0), 5)).isEmpty();
    assertThat(store.matching(BANK, "one", 5).chunks()).hasSize(1);
    store.apply(BANK, add(section("a", 1, "one"), 0));
    assertThat(store.size(BANK)).contains(new Size(1, 1, 1));
    assertThat(store.sections(BANK).values())
        .extracting(SectionState::embedded)
        .containsExactly(true);
    assertThat(store.nearest(BANK, axis(0), 5)).hasSize(1);
    assertThat(store.matching(BANK, "one", 5).chunks()).hasSize(1);
  }

  @Test
  void candidates_bothWays_areThoseOfTheSingleSearches() throws IOException {
    store.apply(BANK, add(section("a", 1, "one two"), 0));
    store.apply(BANK, add(section("b", 5, "two"), 1));
    assertThat(store.candidates(BANK, axis(0), "two", 5))
        .isEqualTo(new Candidates(store.nearest(BANK, axis(0), 5), store.matching(BANK, "two", 5)));
    assertThat(store.candidates(BANK, null, "two", 5))
        .isEqualTo(new Candidates(null, store.matching(BANK, "two", 5)));
  }

  @Test
  void apply_otherBankChanges_scoresStay() throws IOException {
    store.apply(BANK, add(section("a", 1, "the quokka sleeps"), 0));
    store.apply(BANK, add(section("b", 5, "two"), 1));
    Matches before = store.matching(BANK, "quokka", 5);
    for (int i = 0; i < 20; i++) {
      store.apply("other", add(section("q" + i, 10 * i + 1, "a quokka and another quokka"), i));
    }
    assertThat(store.matching(BANK, "quokka", 5)).isEqualTo(before);
    assertThat(store.nearest(BANK, axis(0), 100)).hasSize(2);
  }

  @Test
  void apply_clear_replacesEverything() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    SectionRecord other = section("b", 1, "two");
    store.apply(
        BANK, new Change(true, Set.of(), List.of(other), List.of(embedded(other, 1)), List.of()));
    assertThat(store.sections(BANK)).containsOnlyKeys("b");
    assertThat(store.size(BANK)).contains(new Size(1, 1, 1));
  }

  @Test
  void apply_twoBanks_areApart() throws IOException {
    store.apply(BANK, add(section("a", 1, "one"), 0));
    store.apply("other", add(section("b", 1, "two"), 0));
    assertThat(store.nearest("other", axis(0), 5))
        .extracting(hit -> hit.chunk().sectionId())
        .containsExactly("b");
  }
}

package dev.memoryrouter.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.memoryrouter.retrieval.Fusion.Ranked;
import dev.memoryrouter.store.ChunkRecord;
import dev.memoryrouter.store.VectorStore.Matches;
import dev.memoryrouter.store.VectorStore.Scored;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class FusionTest {
  private static final Offset<Double> EXACT = within(1e-6);
  private static final Matches NO_WORDS = new Matches(List.of(), 0);

  @Test
  void fuse_meaningAndWordsInTwoChunks_countForTheSection() {
    ChunkRecord near = chunk("a.md", 2, "near");
    ChunkRecord matching = chunk("a.md", 3, "matching");
    List<Ranked> ranked =
        fuse(
            List.of(new Scored(near, 0.6f), new Scored(matching, 0.2f)),
            new Matches(List.of(new Scored(matching, 4)), 10),
            "why");
    assertThat(ranked).extracting(Ranked::chunk).containsExactly(near, matching);
    // Both halves: (0.6 + 0.4) / 2; alone the chunks have 0.3 and 0.3.
    assertThat(ranked.getFirst().score()).isEqualTo(0.5, EXACT);
  }

  @Test
  void fuse_otherChunksOfASection_scoreLessByAsMuchAsTheyAreWorse() {
    List<Ranked> ranked =
        fuse(
            List.of(
                new Scored(chunk("a.md", 2, "best"), 0.8f),
                new Scored(chunk("a.md", 3, "worse"), 0.4f)),
            NO_WORDS,
            "why");
    assertThat(ranked.getFirst().score()).isEqualTo(0.4, EXACT);
    assertThat(ranked.getLast().score()).isEqualTo(0.2, EXACT);
  }

  @Test
  void fuse_headingWithNothingBelow_scoresHalf() {
    assertThat(alone(chunk("a.md", 1, "## Retry policy"), "retry")).isEqualTo(0.2, EXACT);
    assertThat(alone(chunk("a.md", 1, "Retry policy\n------"), "retry")).isEqualTo(0.2, EXACT);
    assertThat(alone(chunk("a.md", 1, "## Retry policy\nThree times."), "retry"))
        .isEqualTo(0.4, EXACT);
    assertThat(alone(chunk("a.md", 2, "Three times."), "retry")).isEqualTo(0.4, EXACT);
  }

  @Test
  void fuse_questionHowItStands_prefersTheFilesThatSayIt() {
    ChunkRecord progress = chunk("progress.md", 2, "text");
    assertThat(alone(progress, "what is left to do?")).isEqualTo(0.48, EXACT);
    assertThat(alone(progress, "why three retries?")).isEqualTo(0.44, EXACT);
    assertThat(alone(progress, "rename the field ".repeat(10) + "and say when done"))
        .isEqualTo(0.44, EXACT);
    assertThat(alone(chunk("projectbrief.md", 2, "text"), "what is left to do?"))
        .isEqualTo(0.36, EXACT);
  }

  @Test
  void fuse_anyScores_staysWithinOne() {
    ChunkRecord perfect = chunk("progress.md", 2, "text");
    List<Ranked> ranked =
        fuse(
            List.of(new Scored(perfect, 1)),
            new Matches(List.of(new Scored(perfect, 12)), 10),
            "what is next");
    assertThat(ranked).extracting(Ranked::score).containsExactly(1.0);
  }

  @Test
  void fuse_oppositeVector_scoresNothing() {
    assertThat(
            fuse(List.of(new Scored(chunk("a.md", 2, "text"), -0.5f)), NO_WORDS, "why")
                .getFirst()
                .score())
        .isZero();
  }

  private static double alone(ChunkRecord chunk, String query) {
    return fuse(List.of(new Scored(chunk, 0.8f)), NO_WORDS, query).getFirst().score();
  }

  private static List<Ranked> fuse(List<Scored> near, Matches matches, String query) {
    return Fusion.fuse(near, matches, SectionPrior.of(query));
  }

  private static ChunkRecord chunk(String file, int line, String text) {
    return new ChunkRecord(
        file + "#" + line,
        file,
        "hash",
        file,
        "Heading",
        List.of("Heading"),
        1,
        9,
        line,
        line,
        text);
  }
}

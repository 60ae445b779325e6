package dev.memoryrouter.cli.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.memoryrouter.cli.evaluation.LabelledQuery.Label;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RankingScoreTest {
  private static final Offset<Double> EXACT = within(1e-9);

  /// Two answers and a related section.
  private static final LabelledQuery QUERY =
      new LabelledQuery(
          "q",
          "why",
          "question",
          List.of(label("a.md", 1, 2), label("a.md", 10, 2), label("b.md", 1, 1)),
          null);

  private static Label label(String file, int line, int grade) {
    return new Label(new Place(file, line, line + 4), grade, null);
  }

  @Test
  void of_idealOrder_isOneEverywhere() {
    assertThat(score(place("a.md", 1), place("a.md", 10), place("b.md", 1)))
        .isEqualTo(new RankingScore(1, 1, 1, 1));
  }

  @Test
  void of_relatedFirst_losesGainAndRank() {
    RankingScore score = score(place("b.md", 1), place("c.md", 1), place("a.md", 1));
    double best = 3 + 3 / log2(3) + 1 / log2(4);
    assertThat(score.ndcg()).isEqualTo((1 + 3 / log2(4)) / best, EXACT);
    assertThat(score.recall()).isEqualTo(0.5);
    assertThat(score.reciprocalRank()).isEqualTo(1.0 / 3, EXACT);
    assertThat(score.hitAtOne()).isZero();
  }

  @Test
  void of_pieceOfASection_countsAsItAndOnce() {
    Place piece = new Place("a.md", 2, 3);
    Place other = new Place("a.md", 4, 5);
    assertThat(score(piece, other)).isEqualTo(score(piece, place("c.md", 1)));
  }

  @Test
  void of_answerBeyondTheTenth_isNotSeen() {
    List<Place> ranked = new ArrayList<>();
    for (int i = 0; i < RankingScore.DEPTH; i++) {
      ranked.add(place("c.md", 10 * i + 1));
    }
    ranked.add(place("a.md", 1));
    assertThat(RankingScore.of(QUERY, ranked)).isEqualTo(new RankingScore(0, 0, 0, 0));
  }

  @Test
  void of_nothingFound_isZero() {
    assertThat(score()).isEqualTo(new RankingScore(0, 0, 0, 0));
  }

  @Test
  void mean_ofNone_isZero() {
    assertThat(RankingScore.mean(List.of())).isEqualTo(new RankingScore(0, 0, 0, 0));
  }

  private static RankingScore score(Place... ranked) {
    return RankingScore.of(QUERY, List.of(ranked));
  }

  private static Place place(String file, int line) {
    return new Place(file, line, line + 4);
  }

  private static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }
}

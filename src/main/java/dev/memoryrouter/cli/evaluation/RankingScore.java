package dev.memoryrouter.cli.evaluation;

import dev.memoryrouter.cli.evaluation.LabelledQuery.Label;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// How good a ranking of sections is, each figure from 0 to 1.
///
/// @param ndcg normalized discounted cumulative gain of the first ten, gain 2^grade - 1
/// @param recall answering sections among the first five, of those that could be there
/// @param reciprocalRank one by the rank of the first answering section; 0 if it is not among the
///   first ten
/// @param hitAtOne 1 if the first section answers
public record RankingScore(double ndcg, double recall, double reciprocalRank, double hitAtOne) {
  /// Places that are looked at.
  static final int DEPTH = 10;

  private static final int RECALL_DEPTH = 5;

  /// Scores one ranking for a query that the bank answers.
  ///
  /// @param ranked best first
  public static RankingScore of(LabelledQuery query, List<Place> ranked) {
    List<Integer> grades = grades(query, ranked);
    List<Integer> ideal =
        query.labels().stream().map(Label::grade).sorted(Comparator.reverseOrder()).toList();
    int first = grades.indexOf(Label.ANSWERS);
    return new RankingScore(
        gain(grades) / gain(ideal),
        recall(grades, query),
        first < 0 ? 0 : 1.0 / (first + 1),
        first == 0 ? 1 : 0);
  }

  /// Grades of the first ten; a labelled section counts once, where it comes first.
  private static List<Integer> grades(LabelledQuery query, List<Place> ranked) {
    List<Label> open = new ArrayList<>(query.labels());
    return ranked.stream().limit(DEPTH).map(place -> take(open, place)).toList();
  }

  private static int take(List<Label> open, Place place) {
    int grade =
        open.stream()
            .filter(label -> label.place().overlaps(place))
            .mapToInt(Label::grade)
            .max()
            .orElse(0);
    open.removeIf(label -> label.place().overlaps(place));
    return grade;
  }

  private static double gain(List<Integer> grades) {
    double gain = 0;
    for (int i = 0; i < Math.min(DEPTH, grades.size()); i++) {
      gain += (Math.pow(2, grades.get(i)) - 1) * Math.log(2) / Math.log(i + 2);
    }
    return gain;
  }

  private static double recall(List<Integer> grades, LabelledQuery query) {
    long answering = query.labels().stream().filter(Label::answers).count();
    long found = grades.stream().limit(RECALL_DEPTH).filter(g -> g == Label.ANSWERS).count();
    return answering == 0 ? 0 : (double) found / Math.min(RECALL_DEPTH, answering);
  }

  /// The mean of each figure; zeros for none.
  public static RankingScore mean(List<RankingScore> scores) {
    return new RankingScore(
        mean(scores, RankingScore::ndcg),
        mean(scores, RankingScore::recall),
        mean(scores, RankingScore::reciprocalRank),
        mean(scores, RankingScore::hitAtOne));
  }

  private static double mean(List<RankingScore> scores, ToDoubleFunction<RankingScore> figure) {
    return scores.stream().mapToDouble(figure).average().orElse(0);
  }

  ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("ndcg_10", Rounding.share(ndcg))
        .put("recall_5", Rounding.share(recall))
        .put("mrr_10", Rounding.share(reciprocalRank))
        .put("hit_1", Rounding.share(hitAtOne));
  }
}

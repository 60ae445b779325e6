package dev.memoryrouter.cli.evaluation;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What an evaluation found. Means are over queries, not banks.
///
/// @param answered one for each query that its bank answers
/// @param wrongBank the answerable queries, each asked of every other bank
/// @param unanswerable queries that their own bank does not answer
public record EvaluationReport(List<Answered> answered, Silence wrongBank, Silence unanswerable) {
  public EvaluationReport {
    answered = List.copyOf(answered);
  }

  /// A query that its bank answers.
  ///
  /// @param scores by method
  /// @param holdsAnswer whether the injected memory answers
  /// @param share tokens of that memory by tokens of the whole bank
  /// @param nanos duration of the fused search, embedding included
  public record Answered(
      String bank,
      String kind,
      Map<RankingMethod, RankingScore> scores,
      boolean holdsAnswer,
      double share,
      long nanos) {
    public Answered {
      scores = Map.copyOf(scores);
    }
  }

  /// Queries for which nothing should be injected.
  ///
  /// @param injected for how many something was
  public record Silence(int queries, int injected) {
    ObjectNode json() {
      return object()
          .put("queries", queries)
          .put("injected", injected)
          .put("share", queries == 0 ? 0 : Rounding.share((double) injected / queries));
    }
  }

  /// The mean score of a method over some queries.
  public static RankingScore score(List<Answered> of, RankingMethod method) {
    return RankingScore.mean(
        of.stream()
            .filter(query -> query.scores().containsKey(method))
            .map(query -> query.scores().getOrDefault(method, RankingScore.mean(List.of())))
            .toList());
  }

  /// Queries by bank or kind, in the order of the names.
  public Map<String, List<Answered>> by(Function<Answered, String> name) {
    return answered.stream()
        .collect(Collectors.groupingBy(name, TreeMap::new, Collectors.toList()));
  }

  /// The report for programs.
  public ObjectNode json() {
    ObjectNode json = object().put("queries", answered.size());
    json.setAll(score(answered, RankingMethod.FUSED).json());
    json.set("kinds", groups("kind", by(Answered::kind)));
    json.set("banks", groups("bank", by(Answered::bank)));
    json.set("methods", methods());
    json.set("answer_in_budget", budget());
    ObjectNode injections = json.putObject("false_injections");
    injections.set("wrong_bank", wrongBank.json());
    injections.set("none", unanswerable.json());
    json.set("latency_ms", latency());
    return json;
  }

  private static ArrayNode groups(String name, Map<String, List<Answered>> groups) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    groups.forEach((group, of) -> {
      ObjectNode json = array.addObject().put(name, group).put("queries", of.size());
      json.setAll(score(of, RankingMethod.FUSED).json());
    });
    return array;
  }

  private ObjectNode methods() {
    ObjectNode json = object();
    for (RankingMethod method : RankingMethod.values()) {
      if (answered.stream().anyMatch(query -> query.scores().containsKey(method))) {
        ObjectNode scores = score(answered, method).json();
        by(Answered::kind)
            .forEach((kind, of) ->
                scores.put("ndcg_10_" + kind, Rounding.share(score(of, method).ndcg())));
        json.set(method.label(), scores);
      }
    }
    return json;
  }

  private ObjectNode budget() {
    return object()
        .put("budget_tokens", RetrievalEvaluation.BUDGET)
        .put("share", Rounding.share(holdingShare()))
        .put("tokens_share_of_bank", Rounding.share(tokensShare()));
  }

  /// Share of the answerable queries whose memory answers.
  public double holdingShare() {
    return answered.stream().mapToInt(query -> query.holdsAnswer() ? 1 : 0).average().orElse(0);
  }

  /// Tokens of the memory by those of the bank, on average.
  public double tokensShare() {
    return answered.stream().mapToDouble(Answered::share).average().orElse(0);
  }

  private ObjectNode latency() {
    return object().put("p50", millis(0.5)).put("p99", millis(0.99));
  }

  /// Duration in ms that this share of the searches does not exceed.
  public double millis(double quantile) {
    long[] sorted = answered.stream().mapToLong(Answered::nanos).sorted().toArray();
    if (sorted.length == 0) {
      return 0;
    }
    int rank = (int) Math.ceil(quantile * sorted.length);
    return Rounding.millis(sorted[Math.max(0, rank - 1)]);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}

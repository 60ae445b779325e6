package dev.memoryrouter.cli.evaluation;

import dev.memoryrouter.cli.evaluation.EvaluationReport.Answered;
import dev.memoryrouter.cli.evaluation.EvaluationReport.Silence;
import dev.memoryrouter.cli.evaluation.FirstMessage.Memory;
import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankReader;
import dev.memoryrouter.memory.Section;
import dev.memoryrouter.retrieval.Retriever;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.tokens.TokenCounter;
import dev.memoryrouter.tokens.TokenCounters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;

/// Asks labelled queries of indexed banks: each of its own bank, and of every other one, which
/// cannot know the answer.
public final class RetrievalEvaluation {
  /// Tokens of memory within which an answer is looked for.
  public static final int BUDGET = 2_000;

  private static final int WARM_UP = 200; // searches

  private final Ranker ranker;
  private final FirstMessage firstMessage;
  private final List<RankingMethod> methods;
  private final TokenCounter counter = TokenCounters.of("qwen");
  private final BankReader reader = new BankReader();

  /// An evaluation of one index.
  ///
  /// @param embedder the one that made the index
  /// @param minScore `memory.min-score`
  /// @param methods what is ranked, [RankingMethod#FUSED] first
  public RetrievalEvaluation(
      VectorStore store,
      Retriever retriever,
      Embedder embedder,
      double minScore,
      List<RankingMethod> methods) {
    this.ranker = new Ranker(store, retriever, embedder);
    this.firstMessage = new FirstMessage(retriever, minScore, BUDGET);
    this.methods = List.copyOf(methods);
  }

  /// Asks everything.
  ///
  /// @param progress hears how many banks are done
  public EvaluationReport run(List<LabelledBank> banks, IntConsumer progress) throws IOException {
    warmUp(banks);
    List<Answered> answered = new ArrayList<>();
    int wrong = 0;
    int wrongInjected = 0;
    int none = 0;
    int noneInjected = 0;
    for (LabelledBank labelled : banks) {
      int bankTokens = tokens(labelled.bank());
      for (LabelledQuery query : labelled.queries()) {
        if (query.answerable()) {
          answered.add(answer(labelled.bank(), query, bankTokens));
          wrong += banks.size() - 1;
          wrongInjected += strangers(banks, labelled, query);
        } else {
          none++;
          noneInjected += injects(labelled.bank(), query) ? 1 : 0;
        }
      }
      progress.accept(banks.indexOf(labelled) + 1);
    }
    return new EvaluationReport(
        answered, new Silence(wrong, wrongInjected), new Silence(none, noneInjected));
  }

  /// Headings are searched first, so that latency is that of a server that has been running.
  private void warmUp(List<LabelledBank> banks) throws IOException {
    for (LabelledBank labelled : banks) {
      List<String> headings =
          reader.read(labelled.bank()).sections().stream()
              .map(Section::heading)
              .filter(Objects::nonNull)
              .filter(heading -> !heading.isBlank())
              .limit(WARM_UP / banks.size())
              .toList();
      for (String heading : headings) {
        ranker.rank(labelled.bank(), heading, RankingMethod.FUSED);
      }
    }
  }

  private int tokens(Bank bank) {
    return reader.read(bank).sections().stream()
        .mapToInt(section -> counter.count(section.text()))
        .sum();
  }

  private Answered answer(Bank bank, LabelledQuery query, int bankTokens) throws IOException {
    Map<RankingMethod, RankingScore> scores = new EnumMap<>(RankingMethod.class);
    long nanos = 0;
    for (RankingMethod method : methods) {
      long start = System.nanoTime();
      List<Place> ranked = ranker.rank(bank, query.text(), method);
      nanos = method == RankingMethod.FUSED ? System.nanoTime() - start : nanos;
      scores.put(method, RankingScore.of(query, ranked));
    }
    Memory memory = firstMessage.memory(bank, query.text());
    boolean holds = memory.hits().stream().anyMatch(query::isAnsweredBy);
    double share = bankTokens == 0 ? 0 : (double) memory.tokens() / bankTokens;
    return new Answered(bank.name(), query.kind(), scores, holds, share, nanos);
  }

  private int strangers(List<LabelledBank> banks, LabelledBank own, LabelledQuery query) {
    return (int)
        banks.stream()
            .filter(other -> !other.bank().equals(own.bank()))
            .filter(other -> injects(other.bank(), query))
            .count();
  }

  private boolean injects(Bank bank, LabelledQuery query) {
    return !firstMessage.memory(bank, query.text()).hits().isEmpty();
  }
}

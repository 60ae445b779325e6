package dev.memoryrouter.bench;

import dev.memoryrouter.cli.evaluation.EvaluationReport;
import dev.memoryrouter.cli.evaluation.EvaluationReport.Answered;
import dev.memoryrouter.cli.evaluation.LabelledBank;
import dev.memoryrouter.cli.evaluation.LabelledQuery;
import dev.memoryrouter.cli.evaluation.Place;
import dev.memoryrouter.cli.evaluation.RankingMethod;
import dev.memoryrouter.cli.evaluation.RankingScore;
import dev.memoryrouter.cli.evaluation.RetrievalEvaluation;
import dev.memoryrouter.embedding.CachingEmbedder;
import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.MiniLmEmbedder;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankReader;
import dev.memoryrouter.memory.Chunker;
import dev.memoryrouter.retrieval.Hit;
import dev.memoryrouter.retrieval.IndexReport;
import dev.memoryrouter.retrieval.Indexer;
import dev.memoryrouter.retrieval.Progress;
import dev.memoryrouter.retrieval.Retriever;
import dev.memoryrouter.retrieval.SearchResult;
import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.VectorStore;
import dev.memoryrouter.store.lucene.LuceneVectorStore;
import dev.memoryrouter.tokens.TokenCounters;
import dev.memoryrouter.tokens.WordPieces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// How well retrieval finds what the labelled banks answer, and what a minimum score costs and
/// saves. Also indexes the banks, which is what indexing is timed with.
final class Quality {
  private static final Path BANKS = Path.of("../shared/eval/banks/dev");
  private static final List<Double> LEAST =
      List.of(0.1, 0.12, 0.13, 0.14, 0.15, 0.16, 0.17, 0.18, 0.2, 0.22, 0.24, 0.26);
  private static final int RANKED = 10;
  private static final long CACHE_BYTES = 16L << 20;

  private final List<String> lines = new ArrayList<>();
  private final List<LabelledBank> banks;
  private final VectorStore store;
  private final Embedder embedder;
  private final Retriever retriever;

  private Quality(List<LabelledBank> banks, VectorStore store, Embedder embedder) {
    this.banks = banks;
    this.store = store;
    this.embedder = embedder;
    retriever =
        new Retriever(
            store, () -> Optional.of(embedder), TokenCounters.of("qwen"), new BankReader()::read);
  }

  /// Whether the labelled banks are on this machine.
  static boolean present() {
    return Files.isDirectory(BANKS);
  }

  /// Figures as Markdown.
  ///
  /// @param folder for the index
  static List<String> lines(Path folder) throws IOException {
    var identity =
        new IndexIdentity(MiniLmEmbedder.MODEL, MiniLmEmbedder.DIMENSION, Chunker.VERSION);
    try (MiniLmEmbedder model = MiniLmEmbedder.load();
        VectorStore store = LuceneVectorStore.open(folder, identity)) {
      var quality =
          new Quality(LabelledBank.readAll(BANKS), store, new CachingEmbedder(model, CACHE_BYTES));
      quality.index(EmbedderHandle.of(model));
      quality.rankings();
      quality.minimumScores();
      return quality.lines;
    }
  }

  private void index(EmbedderHandle handle) {
    Chunker chunker = new Chunker(WordPieces.miniLm());
    var indexer =
        new Indexer(new BankReader()::read, chunker::chunks, handle, store, InstantSource.system());
    lines.add("| reindex from nothing | files | sections | chunks | seconds | chunks per second |");
    lines.add("|---|---|---|---|---|---|");
    List<IndexReport> reports =
        banks.stream()
            .map(labelled -> indexer.reindex(labelled.bank(), false, Progress.SILENT))
            .toList();
    IndexReport largest = reports.stream().max((a, b) -> a.chunks() - b.chunks()).orElseThrow();
    lines.add(row("largest bank", List.of(largest)));
    lines.add(row("all " + banks.size() + " banks", reports));
    Bank again =
        banks.stream()
            .map(LabelledBank::bank)
            .filter(bank -> bank.name().equals(largest.bank()))
            .findFirst()
            .orElseThrow();
    lines.add(
        row(
            "largest bank, nothing changed",
            List.of(indexer.reindex(again, false, Progress.SILENT))));
    lines.add("");
  }

  private static String row(String what, List<IndexReport> reports) {
    double seconds = reports.stream().mapToDouble(IndexReport::seconds).sum();
    int embedded = reports.stream().mapToInt(IndexReport::embedded).sum();
    return "| %s | %d | %d | %d | %s | %s |"
        .formatted(
            what,
            reports.stream().mapToInt(IndexReport::files).sum(),
            reports.stream().mapToInt(IndexReport::sections).sum(),
            reports.stream().mapToInt(IndexReport::chunks).sum(),
            Figures.format(seconds),
            embedded == 0 ? "–" : Figures.format(embedded / seconds));
  }

  private void rankings() throws IOException {
    EvaluationReport report =
        new RetrievalEvaluation(
                store,
                retriever,
                embedder,
                Retriever.DEFAULT_MIN_SCORE,
                List.of(RankingMethod.values()))
            .run(banks, _ -> {});
    lines.add("| ranking | queries | nDCG@10 | recall@5 | MRR@10 | hit@1 |");
    lines.add("|---|---|---|---|---|---|");
    row("meaning alone", report.answered(), RankingMethod.DENSE);
    row("words alone", report.answered(), RankingMethod.SPARSE);
    row("both, as shipped", report.answered(), RankingMethod.FUSED);
    report.by(Answered::kind).forEach((kind, of) -> row("– " + kind, of, RankingMethod.FUSED));
    report.by(Answered::bank).forEach((bank, of) -> row("– " + bank, of, RankingMethod.FUSED));
    lines.add("");
    lines.add(
        "Within %,d tokens the injected block answers %.1f %% of the questions, at %.1f %% of the bank's tokens on average. A search takes %.1f ms (median) and %.1f ms (99 %%), embedding included.\n"
            .formatted(
                RetrievalEvaluation.BUDGET,
                100 * report.holdingShare(),
                100 * report.tokensShare(),
                report.millis(0.5),
                report.millis(0.99)));
  }

  private void row(String name, List<Answered> of, RankingMethod method) {
    RankingScore score = EvaluationReport.score(of, method);
    lines.add(
        "| %s | %d | %.3f | %.3f | %.3f | %.3f |"
            .formatted(
                name,
                of.size(),
                score.ndcg(),
                score.recall(),
                score.reciprocalRank(),
                score.hitAtOne()));
  }

  /// Each question is asked of its own bank and of every other one, which cannot know the answer.
  private void minimumScores() {
    List<Asked> own = new ArrayList<>();
    List<Double> strange = new ArrayList<>();
    List<Double> unanswerable = new ArrayList<>();
    for (LabelledBank labelled : banks) {
      for (LabelledQuery query : labelled.queries()) {
        List<Hit> hits = hits(labelled.bank(), query);
        if (query.answerable()) {
          own.add(new Asked(query, hits));
          banks.stream()
              .filter(other -> !other.bank().equals(labelled.bank()))
              .forEach(other -> strange.add(best(hits(other.bank(), query))));
        } else {
          unanswerable.add(best(hits));
        }
      }
    }
    lines.add(
        "| min-score | recall@5 lost | answerable, nothing sent | wrong bank, something sent | unanswerable, something sent |");
    lines.add("|---|---|---|---|---|");
    double all = recall(own, 0);
    for (double least : LEAST) {
      lines.add(
          "| %.2f | %.1f %% | %.0f %% | %.0f %% | %.0f %% |"
              .formatted(
                  least,
                  100 * (1 - recall(own, least) / all),
                  100 * (1 - share(own.stream().map(asked -> best(asked.hits())).toList(), least)),
                  100 * share(strange, least),
                  100 * share(unanswerable, least)));
    }
    lines.add("");
  }

  private List<Hit> hits(Bank bank, LabelledQuery query) {
    return switch (retriever.sections(bank, query.text(), RANKED)) {
      case SearchResult.Found found -> found.hits();
      case SearchResult.NoIndex missing -> throw new IllegalStateException(missing.reason());
    };
  }

  private static double best(List<Hit> hits) {
    return hits.isEmpty() ? 0 : hits.getFirst().score();
  }

  /// Share that reaches a score.
  private static double share(List<Double> scores, double least) {
    return scores.stream().collect(Collectors.averagingDouble(s -> s >= least ? 1 : 0));
  }

  /// Mean recall@5 if nothing is sent where the best section stays below a score, and else those
  /// that reach half of it.
  private static double recall(List<Asked> own, double least) {
    return own.stream()
        .mapToDouble(asked -> RankingScore.of(asked.query(), asked.sent(least)).recall())
        .average()
        .orElse(0);
  }

  private record Asked(LabelledQuery query, List<Hit> hits) {
    List<Place> sent(double least) {
      return best(hits) < least
          ? List.of()
          : hits.stream().filter(hit -> hit.score() >= least / 2).map(Place::of).toList();
    }
  }
}

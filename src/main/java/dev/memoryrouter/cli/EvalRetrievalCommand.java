package dev.memoryrouter.cli;

import dev.memoryrouter.cli.evaluation.EvaluationReport;
import dev.memoryrouter.cli.evaluation.EvaluationReport.Answered;
import dev.memoryrouter.cli.evaluation.EvaluationReport.Silence;
import dev.memoryrouter.cli.evaluation.LabelledBank;
import dev.memoryrouter.cli.evaluation.RankingMethod;
import dev.memoryrouter.cli.evaluation.RankingScore;
import dev.memoryrouter.cli.evaluation.RetrievalEvaluation;
import dev.memoryrouter.files.TemporaryFolder;
import dev.memoryrouter.retrieval.Indexer;
import dev.memoryrouter.store.VectorStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `eval retrieval`: how well retrieval answers labelled queries. Works on an index of its own in a
/// temporary folder and needs no lock.
@Command(
    name = "retrieval",
    description = "Measures retrieval on memory banks with labelled queries.")
final class EvalRetrievalCommand extends WorkbenchCommand {
  private static final Duration EMBEDDER_WAIT = Duration.ofMinutes(1);

  @Parameters(
      paramLabel = "DIR",
      description = "Folder of labelled banks: each has memory-bank/ and queries.jsonl.")
  private Path folder = Path.of(".");

  @Option(names = "--compare", description = "Also rank by meaning alone and by words alone.")
  private boolean compare;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  EvalRetrievalCommand(Supplier<Workbench> workbench) {
    super(workbench);
  }

  @Override
  int run(Workbench workbench, Screen screen) throws IOException {
    List<LabelledBank> banks = LabelledBank.readAll(folder);
    EvaluationReport report;
    try (TemporaryFolder temporary = TemporaryFolder.create("memory-router-eval");
        VectorStore store = workbench.newIndex(temporary.path())) {
      index(workbench.indexer(store), banks, screen);
      report = evaluate(workbench, store, banks, screen);
    }
    if (json) {
      screen.out().println(report.json());
    } else {
      show(report, screen);
    }
    return ExitCode.DONE;
  }

  private static void index(Indexer indexer, List<LabelledBank> banks, Screen screen) {
    for (LabelledBank labelled : banks) {
      try (ProgressLine progress = new ProgressLine(labelled.bank().name(), screen)) {
        indexer.reindex(labelled.bank(), false, progress);
      }
    }
  }

  private EvaluationReport evaluate(
      Workbench workbench, VectorStore store, List<LabelledBank> banks, Screen screen)
      throws IOException {
    List<RankingMethod> methods =
        compare ? List.of(RankingMethod.values()) : List.of(RankingMethod.FUSED);
    var evaluation =
        new RetrievalEvaluation(
            store,
            workbench.retriever(store),
            workbench.embedder().await(EMBEDDER_WAIT),
            workbench.configuration().server().memory().minScore(),
            methods);
    try (ProgressLine progress = new ProgressLine("asking", "banks", screen)) {
      return evaluation.run(banks, done -> progress.at(done, banks.size()));
    }
  }

  private static void show(EvaluationReport report, Screen screen) {
    screen.out().println("                         queries  nDCG@10  recall@5  MRR@10  hit@1");
    report.by(Answered::kind).forEach((kind, of) -> row(kind, of, RankingMethod.FUSED, screen));
    report.by(Answered::bank).forEach((bank, of) -> row(bank, of, RankingMethod.FUSED, screen));
    for (RankingMethod method : RankingMethod.values()) {
      if (report.answered().stream().anyMatch(query -> query.scores().containsKey(method))) {
        row("all, " + method.label(), report.answered(), method, screen);
      }
    }
    screen
        .out()
        .printf(
            Locale.ROOT,
            "answer within %,d tokens: %.1f %%, at %.1f %% of the bank's tokens%n",
            RetrievalEvaluation.BUDGET,
            100 * report.holdingShare(),
            100 * report.tokensShare());
    silence("asked of a wrong bank", report.wrongBank(), screen);
    silence("asked of a bank that does not know", report.unanswerable(), screen);
    screen
        .out()
        .printf(
            Locale.ROOT,
            "search: %.1f ms (median), %.1f ms (99 %%)%n",
            report.millis(0.5),
            report.millis(0.99));
  }

  private static void row(String name, List<Answered> of, RankingMethod method, Screen screen) {
    RankingScore score = EvaluationReport.score(of, method);
    screen
        .out()
        .printf(
            Locale.ROOT,
            "%-24s %7d %8.3f %9.3f %7.3f %6.3f%n",
            name,
            of.size(),
            score.ndcg(),
            score.recall(),
            score.reciprocalRank(),
            score.hitAtOne());
  }

  private static void silence(String what, Silence silence, Screen screen) {
    screen
        .out()
        .printf(
            Locale.ROOT,
            "%s: %,d of %,d inject something%n",
            what,
            silence.injected(),
            silence.queries());
  }
}

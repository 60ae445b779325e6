package dev.memoryrouter.cli;

import dev.memoryrouter.api.ReindexReport;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.Banks;
import dev.memoryrouter.retrieval.IndexReport;
import dev.memoryrouter.retrieval.IndexingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `reindex`: brings the index up to date, itself or through the server that holds the lock.
@Command(
    name = "reindex",
    description = "Brings the index of one memory bank, or of all, up to date.")
final class ReindexCommand extends WorkbenchCommand {
  @Mixin private BankOption bank = new BankOption();

  @Option(names = "--full", description = "Embed everything anew, also what did not change.")
  private boolean full;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  ReindexCommand(Supplier<Workbench> workbench) {
    super(workbench);
  }

  @Override
  int run(Workbench workbench, Screen screen) throws Exception {
    Path store = workbench.configuration().server().store().path();
    List<Bank> banks = bank.orAll(new Banks(workbench.configuration().server().banks()));
    return switch (IndexWriter.find(store)) {
      case IndexWriter.Own own -> {
        try (own) {
          yield here(workbench, banks, screen);
        }
      }
      case IndexWriter.Server(String url) -> {
        screen.remark("The server on " + url + " holds the index and does the work.");
        show(
            new ServerReindex(url, ApiKey.first(workbench.environment())).run(banks, full), screen);
        yield ExitCode.DONE;
      }
    };
  }

  /// One bank that fails does not keep the others from being done.
  private int here(Workbench workbench, List<Bank> banks, Screen screen) {
    List<IndexReport> reports = new ArrayList<>();
    int exitCode = ExitCode.DONE;
    for (Bank each : banks) {
      try (ProgressLine progress = new ProgressLine(each.name(), screen)) {
        reports.add(workbench.indexer().reindex(each, full, progress));
      } catch (IndexingException e) {
        screen.remark(Failures.sentence(e));
        exitCode = ExitCode.FAILURE;
      }
    }
    show(ReindexReport.of(reports), screen);
    return exitCode;
  }

  private void show(ObjectNode report, Screen screen) {
    for (JsonNode each : report.path("banks")) {
      String line = line(each);
      if (json) {
        screen.remark(line);
      } else {
        screen.out().println(line);
      }
      for (JsonNode skipped : each.path("skipped")) {
        screen.remark(
            "  skipped "
                + skipped.path("file").asString("")
                + ": "
                + skipped.path("reason").asString(""));
      }
    }
    if (json) {
      screen.out().println(report);
    }
  }

  private static String line(JsonNode bank) {
    return String.format(
        Locale.ROOT,
        "%s: %d files, %d sections, %d chunks; %d embedded, %d reused, %d deleted; %.1f s",
        bank.path("bank").asString(""),
        bank.path("files").asInt(0),
        bank.path("sections").asInt(0),
        bank.path("chunks").asInt(0),
        bank.path("embedded").asInt(0),
        bank.path("reused").asInt(0),
        bank.path("deleted").asInt(0),
        bank.path("seconds").asDouble(0));
  }
}

package dev.memoryrouter.cli;

import dev.memoryrouter.api.SearchReport;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.Banks;
import dev.memoryrouter.retrieval.Hit;
import dev.memoryrouter.retrieval.SearchResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `search`: what retrieval finds. Reads the index as it is on disk and needs no lock.
@Command(name = "search", description = "Shows what the memory bank says about a question.")
final class SearchCommand extends WorkbenchCommand {
  private static final int MOST = 100;
  private static final int LINES = 3;

  @Parameters(paramLabel = "QUERY", arity = "1..*", description = "A question or some words.")
  private List<String> query = new ArrayList<>();

  @Mixin private BankOption bank = new BankOption();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Most passages shown, 1 to 100; default 10.")
  private int limit = 10;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  SearchCommand(Supplier<Workbench> workbench) {
    super(workbench);
  }

  @Override
  int run(Workbench workbench, Screen screen) {
    String words = String.join(" ", query);
    if (words.isBlank()) {
      throw new CommandFailure("The query is blank: say what to look for.");
    }
    if (limit < 1 || limit > MOST) {
      throw new CommandFailure("--limit must be from 1 to " + MOST + ", not " + limit + ".");
    }
    Bank asked = bank.orDefault(new Banks(workbench.configuration().server().banks()));
    long started = System.nanoTime();
    switch (workbench.retriever().search(asked, words, limit)) {
      case SearchResult.Found found ->
          show(found, asked, new SearchReport.Question(words, started), screen);
      case SearchResult.NoIndex(_, String reason) ->
          throw new CommandFailure(
              "Nothing to search in: " + reason + ". Run `memory-router reindex`.");
    }
    return ExitCode.DONE;
  }

  private void show(
      SearchResult.Found found, Bank asked, SearchReport.Question question, Screen screen) {
    String degraded = found.degraded();
    if (degraded != null) {
      screen.remark("Searched by words only: " + degraded + ".");
    }
    if (json) {
      screen.out().println(SearchReport.of(found, asked, question));
    } else if (found.hits().isEmpty()) {
      screen.out().println("Nothing found in bank " + asked.name() + ".");
    } else {
      found.hits().forEach(hit -> show(hit, screen));
    }
  }

  private static void show(Hit hit, Screen screen) {
    String place = hit.file() + ":" + hit.startLine() + "-" + hit.endLine();
    screen
        .out()
        .println(
            String.format(Locale.ROOT, "%.2f  ", hit.score())
                + screen.styled(Style.bold, place)
                + "  "
                + String.join(" > ", hit.headingPath()));
    List<String> lines = hit.text().lines().filter(line -> !line.isBlank()).toList();
    lines.stream().limit(LINES).forEach(line -> screen.out().println("      " + line));
    if (lines.size() > LINES) {
      screen.out().println("      … " + (lines.size() - LINES) + " more lines");
    }
  }
}

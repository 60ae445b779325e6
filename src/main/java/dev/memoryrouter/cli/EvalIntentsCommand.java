package dev.memoryrouter.cli;

import dev.memoryrouter.embedding.EmbeddingException;
import dev.memoryrouter.routing.IntentClassifier;
import dev.memoryrouter.routing.JudgedTurn;
import dev.memoryrouter.routing.LabelledTurn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `eval intents`: how often the configured intents are told right.
@Command(
    name = "intents",
    description = "Tells the intents of labelled turns and compares. Calls no model.")
final class EvalIntentsCommand extends WorkbenchCommand {
  private static final int WARM_UP = 60; // examples of each intent

  @Parameters(
      paramLabel = "FILE",
      description =
          "One JSON object a line: text and intent (null for words that ask for nothing);"
              + " optionally id, mode, images, difficulty.")
  private Path file = Path.of("");

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  EvalIntentsCommand(Supplier<Workbench> workbench) {
    super(workbench);
  }

  @Override
  int run(Workbench workbench, Screen screen) throws IOException {
    Set<String> intents = workbench.configuration().routing().intents().keySet();
    List<LabelledTurn> turns = LabelledTurns.read(file, intents);
    IntentClassifier classifier = trained(workbench);
    warmUp(classifier, workbench);
    IntentFigures figures =
        new IntentFigures(turns.stream().map(turn -> JudgedTurn.of(turn, classifier)).toList());
    if (json) {
      screen.out().println(IntentReport.json(figures));
    } else {
      IntentReport.lines(figures).forEach(screen.out()::println);
    }
    return ExitCode.DONE;
  }

  /// Times are those of a server that has been running for a while. The vectors of examples come
  /// from no cache when they are classified.
  private static void warmUp(IntentClassifier classifier, Workbench workbench) {
    workbench.configuration().routing().intents().values().stream()
        .flatMap(intent -> intent.examples().stream().limit(WARM_UP))
        .forEach(classifier::classify);
  }

  private static IntentClassifier trained(Workbench workbench) {
    workbench.setups().prepare();
    IntentClassifier classifier = workbench.setups().get().intents();
    if (!classifier.ready()) {
      throw new EmbeddingException(
          "the examples could not be embedded, so nothing is measured", null);
    }
    return classifier;
  }
}

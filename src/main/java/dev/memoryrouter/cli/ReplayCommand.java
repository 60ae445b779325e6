package dev.memoryrouter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.memoryrouter.chat.Replay;
import dev.memoryrouter.chat.Setup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// `replay`: which recorded decisions a configuration would change.
@Command(
    name = "replay",
    description = {
      "Shows which recorded decisions the configuration would change; exit code 1 when it changes any.",
      "Decisions are recorded while routing.yaml says `record: true`."
    })
final class ReplayCommand extends WorkbenchCommand {
  @Parameters(paramLabel = "FILE", description = "A recording, such as decisions.jsonl.")
  private Path file = Path.of("");

  @Option(
      names = "--config",
      paramLabel = "DIR",
      description = "Folder of the edited configuration; default: the one in use.")
  private @Nullable Path config;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  ReplayCommand(Supplier<Workbench> workbench) {
    super(workbench);
  }

  @Override
  int run(Workbench workbench, Screen screen) throws IOException {
    if (Files.isDirectory(file)) {
      throw new CommandFailure(file + " is a folder: name a recording in it.");
    }
    Replay.Report report;
    // Bytes that are no UTF-8 damage their line only.
    try (var reader =
        new BufferedReader(new InputStreamReader(Files.newInputStream(file), UTF_8))) {
      Path folder = config == null ? workbench.configDir() : config;
      report = new Replay(ready(workbench.setup(folder))).run(reader);
    }
    show(report, screen);
    if (report.decisions() == 0 && !report.damaged().isEmpty()) {
      throw new CommandFailure(file + " holds no recorded decision.");
    }
    return report.changes().isEmpty() ? ExitCode.DONE : ExitCode.FINDING;
  }

  /// Keywords alone would show changes that no edit made.
  private static Setup ready(Setup setup) throws CommandFailure {
    if (!setup.intents().ready()) {
      throw new CommandFailure(
          "The examples of the intents could not be learnt (the reason is above), so decisions cannot be compared; see `memory-router doctor`.");
    }
    return setup;
  }

  private void show(Replay.Report report, Screen screen) {
    report
        .damaged()
        .forEach(it -> screen.remark("line %d is damaged: %s".formatted(it.line(), it.reason())));
    if (json) {
      screen.out().println(JsonMapper.shared().writeValueAsString(report));
      return;
    }
    report.changes().forEach(change -> screen.out().println(line(change)));
    screen.remark(
        "%d of %d decisions would change.".formatted(report.changes().size(), report.decisions()));
  }

  private static String line(Replay.Change change) {
    return "line %d, %s, %s: %s (%s) -> %s (%s)"
        .formatted(
            change.line(),
            change.time(),
            change.turn(),
            change.modelBefore(),
            change.ruleBefore(),
            change.modelAfter(),
            change.ruleAfter());
  }
}

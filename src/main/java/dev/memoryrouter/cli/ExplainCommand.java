package dev.memoryrouter.cli;

import dev.memoryrouter.api.OfflineExplanation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `explain`: the decision for a chat request. No model is called.
@Command(
    name = "explain",
    description =
        "Shows which model would answer a chat request, with what memory, and why. Calls no model.")
final class ExplainCommand extends WorkbenchCommand {
  @Parameters(
      paramLabel = "FILE|-",
      description = "File with the JSON body of a chat request; - reads standard input.")
  private String file = "-";

  ExplainCommand(Supplier<Workbench> workbench) {
    super(workbench);
  }

  @Override
  int run(Workbench workbench, Screen screen) throws IOException {
    byte[] body = body();
    workbench.configuration();
    workbench.setups().prepare();
    return switch (OfflineExplanation.of(workbench.pipeline(), body)) {
      case OfflineExplanation.Explained(ObjectNode json) -> {
        show(json, screen);
        yield ExitCode.DONE;
      }
      case OfflineExplanation.Refused(ObjectNode error) -> {
        show(error, screen);
        yield ExitCode.FAILURE;
      }
    };
  }

  private byte[] body() throws IOException {
    if (file.equals("-")) {
      return System.in.readAllBytes();
    }
    Path path = Path.of(file);
    if (Files.isDirectory(path)) {
      throw new CommandFailure(file + " is a folder: name a file with a chat request.");
    }
    return Files.readAllBytes(path);
  }

  /// Indented for people, on one line for programs.
  private static void show(ObjectNode json, Screen screen) {
    screen
        .out()
        .println(
            screen.interactive()
                ? JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json)
                : json.toString());
  }
}

package dev.memoryrouter.cli;

import dev.memoryrouter.chat.Configuration;
import dev.memoryrouter.files.ConfigException;
import dev.memoryrouter.files.ConfigProblem;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi.Style;

/// `config check`: every problem of every file, as `file:line: key: message`.
@Command(
    name = "check",
    description = "Parses and cross-checks server.yaml, models.yaml and routing.yaml.")
final class ConfigCheckCommand extends WorkbenchCommand {
  ConfigCheckCommand(Supplier<Workbench> workbench) {
    super(workbench);
  }

  @Override
  int run(Workbench workbench, Screen screen) {
    Configuration configuration;
    try {
      configuration = workbench.configuration();
    } catch (ConfigException e) {
      e.problems()
          .forEach(problem -> screen.out().println(line(problem, Style.fg_red, "", screen)));
      screen.remark(count(e.problems()));
      return ExitCode.FINDING;
    }
    configuration
        .warnings()
        .forEach(it -> screen.out().println(line(it, Style.fg_yellow, " (warning)", screen)));
    configuration
        .notices()
        .forEach(it -> screen.out().println(line(it, Style.fg_yellow, " (notice)", screen)));
    screen.remark("The configuration in " + workbench.configDir() + " is valid.");
    return ExitCode.DONE;
  }

  private static String line(ConfigProblem problem, Style style, String kind, Screen screen) {
    return screen.styled(style, problem.toString()) + kind;
  }

  private static String count(List<ConfigProblem> problems) {
    return problems.size() == 1 ? "1 problem." : problems.size() + " problems.";
  }
}

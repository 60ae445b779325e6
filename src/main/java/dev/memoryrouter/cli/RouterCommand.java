package dev.memoryrouter.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command line. Exit codes: 0 done, 1 finding, 2 usage or failure.
@Command(
    name = "memory-router",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    description =
        "OpenAI-compatible router for coding agents on local models, with project memory.")
public final class RouterCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private RouterCommand() {}

  /// The command line with all commands.
  ///
  /// @param workbench what commands work with
  /// @param server serves until the process is stopped; returns the exit code
  public static CommandLine create(Supplier<Workbench> workbench, Callable<Integer> server) {
    return new CommandLine(new RouterCommand())
        .addSubcommand(new ServeCommand(server))
        .addSubcommand(new ReindexCommand(workbench))
        .addSubcommand(new SearchCommand(workbench))
        .addSubcommand(new ExplainCommand(workbench))
        .addSubcommand(new ReplayCommand(workbench))
        .addSubcommand(group(new EvalCommand(), new EvalIntentsCommand(workbench)))
        .addSubcommand(group(new ConfigCommand(), new ConfigCheckCommand(workbench)))
        .addSubcommand(new DoctorCommand(workbench))
        .addSubcommand(new SetupCommand(workbench))
        .addSubcommand(
            group(new BankCommand(), new BankAddCommand(workbench), new BankListCommand(workbench)))
        .setColorScheme(Help.defaultColorScheme(Screen.colours()))
        .setParameterExceptionHandler(Failures::usage)
        .setExecutionExceptionHandler(Failures::execution);
  }

  private static CommandLine group(Object group, Object... commands) {
    CommandLine line = new CommandLine(group);
    for (Object command : commands) {
      line.addSubcommand(command);
    }
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing.");
  }
}

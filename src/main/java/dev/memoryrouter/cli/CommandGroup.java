package dev.memoryrouter.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// A word before the real commands.
@Command(mixinStandardHelpOptions = true, versionProvider = VersionProvider.class)
abstract class CommandGroup implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public final void run() {
    throw new ParameterException(
        spec.commandLine(),
        "A command is missing after \"" + spec.name() + "\": " + String.join(", ", names()) + ".");
  }

  private Iterable<String> names() {
    return spec.subcommands().keySet();
  }
}

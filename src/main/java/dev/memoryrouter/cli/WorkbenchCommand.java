package dev.memoryrouter.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// What all commands that work with the project share.
@Command(mixinStandardHelpOptions = true, versionProvider = VersionProvider.class)
abstract class WorkbenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  private final Supplier<Workbench> workbench;

  WorkbenchCommand(Supplier<Workbench> workbench) {
    this.workbench = workbench;
  }

  @Override
  public final Integer call() throws Exception {
    return run(workbench.get(), Screen.of(spec.commandLine()));
  }

  /// Does the work.
  ///
  /// @return the exit code
  abstract int run(Workbench workbench, Screen screen) throws Exception;
}

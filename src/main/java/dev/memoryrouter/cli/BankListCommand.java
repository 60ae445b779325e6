package dev.memoryrouter.cli;

import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankSettings;
import dev.memoryrouter.memory.Banks;
import java.nio.file.Files;
import java.util.function.Supplier;
import picocli.CommandLine.Command;

/// `bank list`.
@Command(name = "list", description = "Lists the configured memory banks.")
final class BankListCommand extends WorkbenchCommand {
  BankListCommand(Supplier<Workbench> workbench) {
    super(workbench);
  }

  @Override
  int run(Workbench workbench, Screen screen) {
    BankSettings settings = workbench.configuration().server().banks();
    Banks banks = new Banks(settings);
    for (Bank bank : banks.all()) {
      screen.out().println(line(bank, bank.equals(banks.defaultBank())));
    }
    if (settings.forced()) {
      screen.remark("MEMORY_BANK_PATH is set: the default bank serves all requests.");
    }
    return ExitCode.DONE;
  }

  private static String line(Bank bank, boolean isDefault) {
    String workspace = bank.workspace();
    return bank.name()
        + (isDefault ? " (default)" : "")
        + "  "
        + bank.root()
        + (Files.isDirectory(bank.root()) ? "" : " (no such folder)")
        + (workspace == null ? "" : "  for " + workspace);
  }
}

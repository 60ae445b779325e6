package dev.memoryrouter.cli;

import dev.memoryrouter.files.AtomicFiles;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `bank add`: appends a bank to `server.yaml`; everything else in the file stays as it is.
@Command(name = "add", description = "Adds a memory bank to server.yaml.")
final class BankAddCommand extends WorkbenchCommand {
  @Parameters(
      paramLabel = "PATH",
      description = "A project with a memory-bank folder, or a memory bank.")
  private String path = ".";

  @Option(
      names = "--name",
      paramLabel = "N",
      description = "Name of the bank; default: the project's folder.")
  private @Nullable String name;

  BankAddCommand(Supplier<Workbench> workbench) {
    super(workbench);
  }

  @Override
  int run(Workbench workbench, Screen screen) throws IOException {
    BankSettings settings = workbench.configuration().server().banks();
    Bank bank = BankFolder.find(path(), name);
    refuseTwin(bank, settings.banks());
    Path file = workbench.configDir().resolve(ServerYaml.NAME);
    String before = Files.readString(file);
    String after =
        new ServerYaml(before)
            .with(bank)
            .orElseThrow(() ->
                new CommandFailure(
                    "%s has no list of banks that could be extended. Add this line below \"banks:\" by hand:\n  - %s"
                        .formatted(file, ServerYaml.entry(bank))));
    BankTrial.check(workbench, after, settings, bank);
    AtomicFiles.write(file, after.getBytes(StandardCharsets.UTF_8));
    screen.out().println("Added bank " + bank.name() + ": " + bank.root());
    if (bank.workspace() != null) {
      screen.out().println("It serves requests from " + bank.workspace() + ".");
    }
    screen.remark(
        settings.forced()
            ? "MEMORY_BANK_PATH is set: the default bank goes on serving all requests."
            : "A running server takes it over by itself; else it is indexed when the server starts.");
    return ExitCode.DONE;
  }

  private Path path() {
    try {
      return Path.of(path).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new CommandFailure("\"" + path + "\" is no path: " + e.getReason());
    }
  }

  private static void refuseTwin(Bank bank, List<Bank> banks) {
    for (Bank other : banks) {
      if (other.root().equals(bank.root())) {
        throw new CommandFailure(bank.root() + " is already the bank \"" + other.name() + "\".");
      }
      if (other.name().equalsIgnoreCase(bank.name())) {
        throw new CommandFailure(
            "There is already a bank \"%s\" (%s): choose another name with --name."
                .formatted(other.name(), other.root()));
      }
      if (bank.workspace() != null && Objects.equals(other.workspace(), bank.workspace())) {
        throw new CommandFailure(
            "The project %s already has the bank \"%s\" (%s)."
                .formatted(bank.workspace(), other.name(), other.root()));
      }
    }
  }
}

package dev.memoryrouter.cli;

import dev.memoryrouter.chat.Configuration;
import dev.memoryrouter.chat.ConfigurationLoader;
import dev.memoryrouter.files.ConfigException;
import dev.memoryrouter.files.ConfigProblem;
import dev.memoryrouter.files.TemporaryFolder;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Loads an edited `server.yaml` beside the other files before it takes the place of the old one.
final class BankTrial {
  private BankTrial() {}

  /// Checks that the edit adds exactly this bank.
  ///
  /// @throws CommandFailure when it does not
  static void check(Workbench workbench, String edited, BankSettings before, Bank bank)
      throws IOException {
    try (TemporaryFolder temporary = TemporaryFolder.create("memory-router")) {
      Path folder = temporary.path();
      for (String other : List.of("models.yaml", "routing.yaml")) {
        Files.copy(workbench.configDir().resolve(other), folder.resolve(other));
      }
      Files.writeString(folder.resolve(ServerYaml.NAME), edited);
      Configuration loaded =
          new ConfigurationLoader(workbench.root()).load(folder, workbench.environment());
      List<Bank> wanted = new ArrayList<>(before.banks());
      wanted.add(bank);
      if (!loaded.server().banks().banks().equals(wanted)) {
        throw refused("the edited file would mean other banks", bank);
      }
    } catch (ConfigException e) {
      throw refused(message(e.problems().getFirst()), bank);
    }
  }

  private static CommandFailure refused(String reason, Bank bank) {
    return new CommandFailure(
        "Nothing was changed: %s. Choose another --name, or add to the list of banks in server.yaml by hand:\n  - %s"
            .formatted(reason, ServerYaml.entry(bank)));
  }

  private static String message(ConfigProblem problem) {
    return problem.key() == null ? problem.message() : problem.key() + ": " + problem.message();
  }
}

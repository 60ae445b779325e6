package dev.memoryrouter.cli;

import dev.memoryrouter.chat.Configuration;
import dev.memoryrouter.chat.ModelWindow;
import dev.memoryrouter.files.NearestName;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `setup`: the settings of one client, made of the configuration.
@Command(name = "setup", description = "Prints the exact settings for a client.")
final class SetupCommand extends WorkbenchCommand {
  @Parameters(
      paramLabel = "CLIENT",
      description = "cline, roo, continue, aider, opencode, kilo or qwen-code.")
  private String client = "";

  SetupCommand(Supplier<Workbench> workbench) {
    super(workbench);
  }

  @Override
  int run(Workbench workbench, Screen screen) {
    Client asked = asked();
    Configuration configuration = workbench.configuration();
    String alias = configuration.routing().alias();
    ModelWindow window = workbench.pipeline().window(configuration.modelNames().resolve(alias));
    Connection connection =
        Connection.of(configuration, ApiKey.first(workbench.environment()), window);
    screen.out().print(new ClientSettings(connection).text(asked));
    screen.out().flush();
    return ExitCode.DONE;
  }

  private Client asked() {
    List<String> names = Arrays.stream(Client.values()).map(Client::label).toList();
    return Arrays.stream(Client.values())
        .filter(known -> known.label().equals(client))
        .findFirst()
        .orElseThrow(() ->
            new CommandFailure(
                "No client is named \"" + client + "\"; " + NearestName.hint(client, names)));
  }
}

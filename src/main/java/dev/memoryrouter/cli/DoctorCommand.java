package dev.memoryrouter.cli;

import dev.memoryrouter.chat.Configuration;
import dev.memoryrouter.embedding.EmbeddingException;
import dev.memoryrouter.files.ConfigException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `doctor`: looks at everything the server needs and says what to do.
@Command(
    name = "doctor",
    description = "Checks Java, port, upstreams, models, memory banks and index; says what to do.")
final class DoctorCommand extends WorkbenchCommand {
  private static final Duration LOADING = Duration.ofMinutes(1);

  @Option(
      names = "--suggest",
      description = "Print a models.yaml for this machine, made of the models that are pulled.")
  private boolean suggest;

  DoctorCommand(Supplier<Workbench> workbench) {
    super(workbench);
  }

  @Override
  int run(Workbench workbench, Screen screen) throws Exception {
    if (suggest) {
      Configuration configuration = workbench.configuration();
      List<PulledModel> pulled = PulledModel.all(configuration.models(), screen);
      screen.out().print(new SuggestedModels(configuration, pulled, Host.memoryBytes()).text());
      screen.out().flush();
      return ExitCode.DONE;
    }
    List<Finding> findings = findings(workbench);
    findings.forEach(finding -> screen.out().println(finding.line(screen)));
    long actions = findings.stream().filter(Finding::needsAction).count();
    screen.remark(actions == 0 ? "All is well." : actions + " to fix.");
    return actions == 0 ? ExitCode.DONE : ExitCode.FINDING;
  }

  private static List<Finding> findings(Workbench workbench) {
    List<Finding> findings = new ArrayList<>();
    findings.add(Host.java());
    Configuration configuration;
    try {
      configuration = workbench.configuration();
    } catch (ConfigException e) {
      e.problems()
          .forEach(problem ->
              findings.add(
                  Finding.fix("configuration", problem.toString(), "correct it and run again")));
      return findings;
    }
    findings.add(Finding.ok("configuration", workbench.configDir() + " is valid"));
    configuration
        .warnings()
        .forEach(it -> findings.add(Finding.note("configuration", it.toString(), null)));
    findings.addAll(new PortCheck(configuration.server()).findings());
    findings.addAll(new ModelChecks(workbench, Host.memoryBytes()).findings());
    findings.add(embedding(workbench));
    findings.addAll(new BankChecks(workbench).findings());
    return findings;
  }

  private static Finding embedding(Workbench workbench) {
    long started = System.nanoTime();
    try {
      String model = workbench.embedder().await(LOADING).model();
      double seconds = (System.nanoTime() - started) / 1e9;
      return Finding.ok(
          "embedding", String.format(Locale.ROOT, "%s loads in %.1f s", model, seconds));
    } catch (EmbeddingException e) {
      return Finding.fix(
          "embedding",
          "the model does not load: " + e.getMessage(),
          "search goes by words only; check that the system is 64-bit Linux with glibc, or macOS");
    }
  }
}

package dev.memoryrouter.app;

import dev.memoryrouter.cli.RouterCommand;
import dev.memoryrouter.files.ConfigException;
import dev.memoryrouter.files.Environment;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Runs one command, the server included.
public final class Application {
  private static final String ROOT = "memory-router.root";
  private static final String SERVE = "serve";
  private static final int FAILURE = 2;

  private Application() {}

  /// Runs the command and ends the process with its exit code.
  ///
  /// @param args a command and its options
  public static void main(String[] args) {
    Path root = Path.of(System.getProperty(ROOT, "")).toAbsolutePath().normalize();
    Environment environment = Environment.system(root);
    boolean server = args.length > 0 && args[0].equals(SERVE);
    LogSettings.apply(environment, server, System.err::println);
    Lazy<Components> workbench = new Lazy<>(() -> new Components(root, environment, false));
    int exitCode =
        RouterCommand.create(workbench::get, () -> serve(new Components(root, environment, true)))
            .execute(args);
    workbench.ifMade().ifPresent(Components::close);
    System.exit(exitCode);
  }

  private static int serve(Components components) throws InterruptedException {
    AtomicReference<Server> running = new AtomicReference<>();
    // Before the start: a signal may come at any moment of it.
    StopSignals.on(() -> stop(running.get(), components));
    Server server;
    try {
      server = Server.start(components);
    } catch (ConfigException | Server.StartException e) {
      System.err.println(e.getMessage());
      return FAILURE;
    }
    running.set(server);
    server.awaitStop();
    return 0;
  }

  private static void stop(@Nullable Server server, Components components) {
    if (server == null) {
      components.close();
    } else {
      server.close();
    }
  }
}

package dev.memoryrouter.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `serve`: runs the server until it is stopped.
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Starts the server and runs until it is stopped.")
final class ServeCommand implements Callable<Integer> {
  private final Callable<Integer> server;

  ServeCommand(Callable<Integer> server) {
    this.server = server;
  }

  @Override
  public Integer call() throws Exception {
    return server.call();
  }
}

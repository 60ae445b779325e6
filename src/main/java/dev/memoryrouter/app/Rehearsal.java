package dev.memoryrouter.app;

import dev.memoryrouter.cli.RouterCommand;
import dev.memoryrouter.files.Environment;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/// Does once what users do first, so that the JVM can record which classes that takes (see
/// `scripts/build.sh`). Works in a folder of its own and calls no model.
final class Rehearsal {
  private static final String CHAT =
      """
      {"model":"cline-memory-router","messages":[{"role":"user","content":"What is this?"}]}\
      """;

  private Rehearsal() {}

  /// Rehearses.
  ///
  /// @param args the project, whose configuration is used, and a folder for everything written
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]).toAbsolutePath().normalize();
    Environment environment =
        Environment.of(
            Map.of(
                "APP_PORT",
                "0",
                "LOG_LEVEL",
                "OFF",
                "OLLAMA_BASE_URL",
                "http://127.0.0.1:9",
                "ROUTER_CONFIG_DIR",
                root.resolve("config").toString(),
                "MEMORY_BANK_PATH",
                root.resolve("memory-bank").toString(),
                "VECTOR_STORE_PATH",
                Path.of(args[1], "index").toString()));
    LogSettings.apply(environment, false, _ -> {});
    serve(root, environment);
    commands(root, environment);
    System.exit(0);
  }

  private static void serve(Path root, Environment environment) throws IOException {
    Server server = Server.start(new Components(root, environment, true));
    try {
      for (String path : List.of("/health/liveness", "/health", "/v1/models", "/v1/model/info")) {
        call(server.url() + path, "");
      }
      call(server.url() + "/v1/memory/reindex", "{}");
      call(server.url() + "/v1/chat/completions", CHAT);
    } finally {
      server.close();
    }
  }

  /// @param body empty for none
  private static void call(String url, String body) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
    if (!body.isEmpty()) {
      connection.setDoOutput(true);
      connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    }
    // An error answer is an answer too.
    connection.getResponseCode();
    connection.disconnect();
  }

  private static void commands(Path root, Environment environment) {
    Components components = new Components(root, environment, false);
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    CommandLine commands =
        RouterCommand.create(() -> components, () -> 0).setOut(nowhere).setErr(nowhere);
    for (String line : List.of("--help", "config check", "bank list", "search what is this")) {
      commands.execute(line.split(" "));
    }
    components.close();
  }
}

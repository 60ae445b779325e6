package dev.memoryrouter.app;

import dev.memoryrouter.cli.RouterCommand;
import dev.memoryrouter.files.Environment;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One command as a user would run it, on a folder with the shipped configuration.
///
/// @param exitCode what the shell sees
record CommandRun(int exitCode, String out, String err) {
  /// Runs a command; there is no Ollama unless the environment names one.
  static CommandRun of(Path root, Map<String, String> extra, String... arguments)
      throws IOException {
    TestServer.prepare(root);
    Map<String, String> environment =
        new HashMap<>(Map.of("OLLAMA_BASE_URL", "http://127.0.0.1:9"));
    environment.putAll(extra);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    try (Components components = new Components(root, Environment.of(environment), false)) {
      int exitCode =
          RouterCommand.create(() -> components, () -> 0)
              .setOut(new PrintWriter(out, true))
              .setErr(new PrintWriter(err, true))
              .execute(arguments);
      return new CommandRun(exitCode, out.toString(), err.toString());
    }
  }

  /// The last line on standard output.
  JsonNode json() {
    List<String> lines = out.lines().toList();
    return JsonMapper.shared().readTree(lines.getLast());
  }
}

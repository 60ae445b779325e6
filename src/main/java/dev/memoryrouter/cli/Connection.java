package dev.memoryrouter.cli;

import dev.memoryrouter.chat.Configuration;
import dev.memoryrouter.chat.HttpSettings;
import dev.memoryrouter.chat.ModelWindow;
import java.util.Optional;
import java.util.Set;

/// What a client must know to use the server.
///
/// @param server without `/v1`
/// @param key to send; any text where none is asked for
/// @param keyNeeded whether the server asks for it
/// @param model the alias
record Connection(String server, String key, boolean keyNeeded, String model, ModelWindow window) {
  private static final Set<String> ALL_ADDRESSES =
      Set.of("0.0.0.0", "::", "[::]", "0:0:0:0:0:0:0:0");

  static Connection of(Configuration configuration, Optional<String> key, ModelWindow window) {
    HttpSettings http = configuration.server().http();
    return new Connection(
        "http://" + host(http.host()) + ":" + http.port(),
        key.orElse("local"),
        key.isPresent(),
        configuration.routing().alias(),
        window);
  }

  /// The base URL of OpenAI's protocol.
  String baseUrl() {
    return server + "/v1";
  }

  /// Prompt and answer together, as far as a client may plan with them.
  int context() {
    return window.maxInput() + window.maxOutput();
  }

  private static String host(String bound) {
    if (ALL_ADDRESSES.contains(bound)) {
      return "localhost";
    }
    return bound.contains(":") && !bound.startsWith("[") ? "[" + bound + "]" : bound;
  }
}

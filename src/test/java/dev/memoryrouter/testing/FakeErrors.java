package dev.memoryrouter.testing;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Errors as the servers of both protocols word them.
final class FakeErrors {
  static final String DEAD = "llama-server process has terminated: signal: killed";
  static final String BUSY = "server busy, please try again.  maximum pending requests exceeded";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private FakeErrors() {}

  /// A response's body.
  static String body(boolean ollama, int status, String message) {
    ObjectNode body = JSON.createObjectNode();
    body.set("error", node(ollama, status, message));
    return body.toString();
  }

  /// The value of `error`: a string for Ollama, an object with an integer code for the others.
  static String value(boolean ollama, int status, String message) {
    return node(ollama, status, message).toString();
  }

  static Script missing(String model, boolean ollama) {
    String message =
        ollama ? "model '" + model + "' not found" : "The model `" + model + "` does not exist.";
    return Script.status(404, body(ollama, 404, message));
  }

  /// As Ollama from version 0.30 on: llama-server's JSON as a string; before, a sentence.
  static Script overflow(int tokens, int context, String version) {
    if (version.matches("0\\.([0-9]|1[0-9]|2[0-9])\\..*")) {
      return Script.status(400, body(true, 400, "the input length exceeds the context length"));
    }
    String message =
        "request (%d tokens) exceeds the available context size (%d tokens), try increasing it"
            .formatted(tokens, context);
    ObjectNode inner = JSON.createObjectNode();
    inner
        .putObject("error")
        .put("code", 400)
        .put("message", message)
        .put("type", "exceed_context_size_error")
        .put("n_prompt_tokens", tokens)
        .put("n_ctx", context);
    return Script.status(400, body(true, 400, inner.toString()));
  }

  private static JsonNode node(boolean ollama, int status, String message) {
    if (ollama) {
      return JsonNodeFactory.instance.stringNode(message);
    }
    return JSON.createObjectNode()
        .put("message", message)
        .put("type", type(status))
        .putNull("param")
        .put("code", status);
  }

  private static String type(int status) {
    return switch (status) {
      case 404 -> "NotFoundError";
      case 503 -> "unavailable_error";
      default -> status >= 500 ? "server_error" : "invalid_request_error";
    };
  }
}

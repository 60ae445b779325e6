package dev.memoryrouter.testing;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Ollama's NDJSON.
final class OllamaVoice implements Voice {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private final String model;

  OllamaVoice(String model) {
    this.model = model;
  }

  @Override
  public String contentType() {
    return "application/x-ndjson";
  }

  @Override
  public String begin() {
    return "";
  }

  @Override
  public String text(String text) {
    return message("content", text);
  }

  @Override
  public String reasoning(String text) {
    return message("thinking", text);
  }

  @Override
  public String tool(int index, String name, String arguments) {
    ObjectNode line = line(false);
    ObjectNode message = line.putObject("message").put("role", "assistant").put("content", "");
    ObjectNode call = message.putArray("tool_calls").addObject().put("id", "call_fake" + index);
    ObjectNode function = call.putObject("function").put("index", index).put("name", name);
    function.set("arguments", JSON.readTree(arguments));
    return line + "\n";
  }

  @Override
  public String error(String errorValue) {
    return "{\"error\":" + errorValue + "}\n";
  }

  @Override
  public String done(String reason, boolean calls, int promptTokens, int completionTokens) {
    ObjectNode line = line(true);
    line.putObject("message").put("role", "assistant").put("content", "");
    line.put("done_reason", reason).put("total_duration", 1_000_000).put("load_duration", 1_000);
    // Counts of zero are left out, as Ollama does.
    if (promptTokens > 0) {
      line.put("prompt_eval_count", promptTokens);
    }
    if (completionTokens > 0) {
      line.put("eval_count", completionTokens);
    }
    return line + "\n";
  }

  private String message(String key, String value) {
    ObjectNode line = line(false);
    ObjectNode message = line.putObject("message").put("role", "assistant");
    if (!key.equals("content")) {
      message.put("content", "");
    }
    message.put(key, value);
    return line + "\n";
  }

  private ObjectNode line(boolean done) {
    return JSON.createObjectNode()
        .put("model", model)
        .put("created_at", "2026-01-01T00:00:00.000000001Z")
        .put("done", done);
  }
}

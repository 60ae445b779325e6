package dev.memoryrouter.testing;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// OpenAI's server-sent events, as llama-server writes them: tool call arguments in two fragments.
final class OpenAiVoice implements Voice {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private final String model;
  private final boolean usage;

  OpenAiVoice(String model, JsonNode body) {
    this.model = model;
    this.usage = body.path("stream_options").path("include_usage").asBoolean(false);
  }

  @Override
  public String contentType() {
    return "text/event-stream";
  }

  @Override
  public String begin() {
    ObjectNode delta = JSON.createObjectNode().put("role", "assistant");
    return ":\n\n" + event(choice(delta.putNull("content"), null));
  }

  @Override
  public String text(String text) {
    return event(choice(JSON.createObjectNode().put("content", text), null));
  }

  @Override
  public String reasoning(String text) {
    return event(choice(JSON.createObjectNode().put("reasoning_content", text), null));
  }

  @Override
  public String tool(int index, String name, String arguments) {
    int half = arguments.length() / 2;
    ObjectNode first = JSON.createObjectNode();
    ObjectNode call = first.putArray("tool_calls").addObject().put("index", index);
    call.put("id", "call_fake" + index)
        .put("type", "function")
        .putObject("function")
        .put("name", name)
        .put("arguments", arguments.substring(0, half));
    ObjectNode second = JSON.createObjectNode();
    second
        .putArray("tool_calls")
        .addObject()
        .put("index", index)
        .putObject("function")
        .put("arguments", arguments.substring(half));
    return event(choice(first, null)) + event(choice(second, null));
  }

  @Override
  public String error(String errorValue) {
    return "data: {\"error\":" + errorValue + "}\n\n";
  }

  @Override
  public String done(String reason, boolean calls, int promptTokens, int completionTokens) {
    boolean stopped = reason.equals("stop");
    String events =
        event(choice(JSON.createObjectNode(), calls && stopped ? "tool_calls" : reason));
    if (usage) {
      ObjectNode chunk = chunk();
      chunk.putArray("choices");
      chunk
          .putObject("usage")
          .put("prompt_tokens", promptTokens)
          .put("completion_tokens", completionTokens)
          .put("total_tokens", promptTokens + completionTokens)
          .putObject("prompt_tokens_details")
          .put("cached_tokens", promptTokens / 2);
      events += event(chunk);
    }
    return events + "data: [DONE]\n\n";
  }

  private ObjectNode choice(ObjectNode delta, @org.jspecify.annotations.Nullable String finish) {
    ObjectNode chunk = chunk();
    ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
    choice.set("delta", delta);
    choice.put("finish_reason", finish);
    return chunk;
  }

  private ObjectNode chunk() {
    return JSON.createObjectNode()
        .put("id", "chatcmpl-fake")
        .put("object", "chat.completion.chunk")
        .put("created", 1)
        .put("model", model);
  }

  private static String event(ObjectNode chunk) {
    return "data: " + chunk + "\n\n";
  }
}

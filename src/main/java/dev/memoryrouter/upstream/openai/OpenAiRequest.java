package dev.memoryrouter.upstream.openai;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.GenerationOptions;
import dev.memoryrouter.conversation.ResponseFormat;
import dev.memoryrouter.conversation.ToolChoice;
import dev.memoryrouter.upstream.Capability;
import dev.memoryrouter.upstream.ModelSettings;
import dev.memoryrouter.upstream.UpstreamCall;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The body of `POST /v1/chat/completions`. The same call always gives the same bytes, in the same
/// order.
final class OpenAiRequest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Fields that only this server decides, whoever sent them.
  private static final Set<String> OWN =
      Set.of("stream", "stream_options", "max_tokens", "max_completion_tokens", "tool_choice");

  private static final String TEMPLATE = "chat_template_kwargs";

  private OpenAiRequest() {}

  static ObjectNode of(UpstreamCall call) {
    ChatRequest request = call.request();
    ObjectNode body = JSON.createObjectNode();
    body.put("model", call.upstreamModel());
    body.set("messages", OpenAiMessages.of(request.messages(), reasons(call.model())));
    tools(body, request);
    format(body, request.responseFormat());
    wishes(body, request.options());
    String effort = request.options().reasoningEffort();
    if (effort != null && reasons(call.model())) {
      body.put("reasoning_effort", effort);
    }
    request.extras().properties().stream()
        .filter(extra -> free(body, extra.getKey()))
        .forEach(extra -> body.set(extra.getKey(), extra.getValue()));
    new TreeMap<>(call.model().options())
        .forEach((key, value) -> {
          if (free(body, key)) {
            body.set(key, JSON.valueToTree(value));
          }
        });
    think(body, call.model());
    body.put("max_tokens", Math.max(1, call.maxOutput()));
    body.put("stream", true);
    body.putObject("stream_options").put("include_usage", true);
    return body;
  }

  /// Whether the model reasons as far as the configuration tells: these servers do not say it.
  private static boolean reasons(ModelSettings model) {
    Set<Capability> capabilities = model.capabilities();
    return switch (model.think()) {
      case OFF -> false;
      case ON -> true;
      case AUTO -> capabilities == null || capabilities.contains(Capability.THINKING);
    };
  }

  /// llama-server and vLLM hand this to the model's template. Sent only for a model that was
  /// declared to reason, because other servers may refuse what they do not know.
  private static void think(ObjectNode body, ModelSettings model) {
    Set<Capability> capabilities = model.capabilities();
    boolean declared = capabilities != null && capabilities.contains(Capability.THINKING);
    if (declared && model.think() != ModelSettings.Think.AUTO && free(body, TEMPLATE)) {
      body.putObject(TEMPLATE).put("enable_thinking", model.think() == ModelSettings.Think.ON);
    }
  }

  private static boolean free(ObjectNode body, String key) {
    return !OWN.contains(key) && !body.has(key);
  }

  /// With `none` the tools are left out as well: llama-server would answer with raw tool call text.
  private static void tools(ObjectNode body, ChatRequest request) {
    if (request.tools().isEmpty() || request.toolChoice() instanceof ToolChoice.None) {
      return;
    }
    ArrayNode tools = body.putArray("tools");
    request.tools().forEach(tool -> tools.add(tool.definition()));
    switch (request.toolChoice()) {
      case ToolChoice.Unset _, ToolChoice.None _ -> {}
      case ToolChoice.Auto _ -> body.put("tool_choice", "auto");
      case ToolChoice.Required _ -> body.put("tool_choice", "required");
      case ToolChoice.Named(var name) ->
          body.putObject("tool_choice")
              .put("type", "function")
              .putObject("function")
              .put("name", name);
    }
    if (request.options().parallelToolCalls() != null) {
      body.put("parallel_tool_calls", request.options().parallelToolCalls());
    }
  }

  private static void format(ObjectNode body, ResponseFormat format) {
    switch (format) {
      case ResponseFormat.Text _ -> {}
      // LM Studio refuses "json_object" and llama-server does not enforce it; a schema all take.
      case ResponseFormat.JsonObject _ ->
          body.putObject("response_format")
              .put("type", "json_schema")
              .putObject("json_schema")
              .put("name", "object")
              .putObject("schema")
              .put("type", "object");
      case ResponseFormat.JsonSchema(_, var raw) -> body.set("response_format", raw);
    }
  }

  private static void wishes(ObjectNode body, GenerationOptions wishes) {
    put(body, "temperature", wishes.temperature());
    put(body, "top_p", wishes.topP());
    put(body, "frequency_penalty", wishes.frequencyPenalty());
    put(body, "presence_penalty", wishes.presencePenalty());
    if (wishes.seed() != null) {
      body.put("seed", wishes.seed());
    }
    if (!wishes.stop().isEmpty()) {
      ArrayNode stop = body.putArray("stop");
      wishes.stop().forEach(stop::add);
    }
  }

  private static void put(ObjectNode body, String key, @Nullable Double value) {
    if (value != null) {
      body.put(key, value);
    }
  }
}

package dev.memoryrouter.upstream.ollama;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.GenerationOptions;
import dev.memoryrouter.conversation.ResponseFormat;
import dev.memoryrouter.conversation.Tool;
import dev.memoryrouter.conversation.ToolChoice;
import dev.memoryrouter.upstream.ModelSettings;
import dev.memoryrouter.upstream.ModelSettings.Think;
import dev.memoryrouter.upstream.UpstreamCall;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The bodies of `POST /api/chat` and of the request that loads a model. The same call always gives
/// the same bytes, in the same order.
final class OllamaRequest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private OllamaRequest() {}

  /// @param canThink null when unknown
  static ObjectNode of(UpstreamCall call, @Nullable Boolean canThink) {
    ChatRequest request = call.request();
    ObjectNode body = JSON.createObjectNode();
    body.put("model", call.upstreamModel());
    body.set("messages", OllamaMessages.of(request.messages(), reasons(call, canThink)));
    List<Tool> offered = offered(request);
    if (!offered.isEmpty()) {
      ArrayNode tools = body.putArray("tools");
      offered.forEach(tool -> tools.add(tool.definition()));
    }
    format(body, request.responseFormat());
    think(body, call, canThink);
    body.set("options", options(call));
    body.put("stream", true);
    // A prompt that is too long must be refused, and a full context must end the answer: by default
    // Ollama drops the beginning of both without a word.
    body.put("truncate", false);
    body.put("shift", false);
    body.put("keep_alive", duration(call.model().keepAlive()));
    return body;
  }

  /// The body of `POST /api/generate` that loads the call's model as the call needs it.
  static ObjectNode load(UpstreamCall call) {
    ObjectNode body = JSON.createObjectNode();
    body.put("model", call.upstreamModel());
    body.set("options", options(call));
    body.put("stream", false);
    body.put("shift", false);
    body.put("keep_alive", duration(call.model().keepAlive()));
    return body;
  }

  /// The body of a request that ends a model's stay in memory.
  static ObjectNode unload(UpstreamCall call) {
    return JSON.createObjectNode()
        .put("model", call.upstreamModel())
        .put("stream", false)
        .put("keep_alive", 0);
  }

  /// Ollama knows no `tool_choice`: it is said by what is offered.
  private static List<Tool> offered(ChatRequest request) {
    return switch (request.toolChoice()) {
      case ToolChoice.None _ -> List.of();
      case ToolChoice.Named(var name) ->
          request.tools().stream().filter(tool -> tool.name().equals(name)).toList();
      case ToolChoice.Unset _, ToolChoice.Auto _, ToolChoice.Required _ -> request.tools();
    };
  }

  private static void format(ObjectNode body, ResponseFormat format) {
    switch (format) {
      case ResponseFormat.Text _ -> {}
      // Ollama does not enforce "json" on its native path, but a schema it does.
      case ResponseFormat.JsonObject _ -> body.putObject("format").put("type", "object");
      case ResponseFormat.JsonSchema(var schema, _) -> body.set("format", schema);
    }
  }

  /// Whether the model's earlier reasoning is sent again, which only one that reasons understands.
  private static boolean reasons(UpstreamCall call, @Nullable Boolean canThink) {
    return call.model().think() != Think.OFF && !Boolean.FALSE.equals(canThink);
  }

  /// A model that can reason does so unless told otherwise; one that cannot refuses the request if
  /// it is told to.
  private static void think(ObjectNode body, UpstreamCall call, @Nullable Boolean canThink) {
    String effort = call.request().options().reasoningEffort();
    boolean can = canThink != null && canThink;
    switch (call.model().think()) {
      case OFF -> {
        if (canThink == null || can) {
          body.put("think", false);
        }
      }
      case ON -> {
        if (can) {
          effort(body, effort == null || effort.equals("none") ? "on" : effort);
        }
      }
      case AUTO -> {
        if (can && effort != null) {
          effort(body, effort);
        }
      }
    }
  }

  private static void effort(ObjectNode body, String effort) {
    switch (effort) {
      case "none" -> body.put("think", false);
      case "minimal", "low" -> body.put("think", "low");
      case "medium" -> body.put("think", "medium");
      // Older versions refuse a level above "high".
      case "high", "xhigh" -> body.put("think", "high");
      default -> body.put("think", true);
    }
  }

  private static ObjectNode options(UpstreamCall call) {
    ModelSettings model = call.model();
    GenerationOptions wishes = call.request().options();
    ObjectNode options = JSON.createObjectNode();
    new TreeMap<>(model.options())
        .forEach((key, value) -> options.set(key, JSON.valueToTree(value)));
    put(options, "temperature", wishes.temperature());
    put(options, "top_p", wishes.topP());
    put(options, "frequency_penalty", wishes.frequencyPenalty());
    put(options, "presence_penalty", wishes.presencePenalty());
    if (wishes.seed() != null) {
      options.put("seed", wishes.seed());
    }
    if (!wishes.stop().isEmpty()) {
      ArrayNode stop = options.putArray("stop");
      wishes.stop().forEach(stop::add);
    }
    // One context per model: another value reloads the model, and 0 allocates next to nothing.
    options.remove("num_ctx");
    if (call.numCtx() != null && call.numCtx() > 0) {
      options.put("num_ctx", call.numCtx());
    }
    options.put("num_predict", Math.max(1, call.maxOutput()));
    return options;
  }

  private static void put(ObjectNode options, String key, @Nullable Double value) {
    if (value != null) {
      options.put(key, value);
    }
  }

  /// Go's notation, which needs a unit.
  private static String duration(Duration keepAlive) {
    return keepAlive.toSeconds() + "s";
  }
}

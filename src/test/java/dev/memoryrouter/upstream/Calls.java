package dev.memoryrouter.upstream;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.GenerationOptions;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.ResponseFormat;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.conversation.Tool;
import dev.memoryrouter.conversation.ToolChoice;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Builds calls for tests and reads what comes back.
public final class Calls {
  public static final JsonMapper JSON = JsonMapper.builder().build();

  private Calls() {}

  public static UpstreamSettings settings(UpstreamSettings.Type type, URI url) {
    return new UpstreamSettings(
        "local",
        type,
        url,
        Duration.ofSeconds(2),
        Duration.ofSeconds(20),
        Duration.ofSeconds(20),
        null,
        CircuitSettings.DEFAULT);
  }

  public static UpstreamSettings impatient(
      UpstreamSettings settings, Duration firstByte, Duration idle) {
    return new UpstreamSettings(
        settings.name(),
        settings.type(),
        settings.baseUrl(),
        settings.connectTimeout(),
        firstByte,
        idle,
        settings.apiKey(),
        settings.circuit());
  }

  public static ModelSettings model(String name) {
    return model(name, ModelSettings.Think.OFF, null, false);
  }

  public static ModelSettings model(
      String name,
      ModelSettings.Think think,
      @Nullable Set<Capability> capabilities,
      boolean repair) {
    return model("key", name, think, capabilities, repair);
  }

  /// A model of this key and name on the upstream `local`.
  public static ModelSettings keyed(String key) {
    return model(key, key, ModelSettings.Think.OFF, null, false);
  }

  private static ModelSettings model(
      String key,
      String name,
      ModelSettings.Think think,
      @Nullable Set<Capability> capabilities,
      boolean repair) {
    return new ModelSettings(
        key,
        List.of("local"),
        List.of(name),
        40_960,
        null,
        8192,
        "qwen",
        capabilities,
        think,
        null,
        ModelSettings.Turns.DEFAULT,
        Duration.ofMinutes(30),
        Map.of("temperature", 0.2, "min_p", 0.1),
        repair,
        100);
  }

  public static ChatRequest request(Message... messages) {
    return request(List.of(messages), List.of(), new ToolChoice.Unset(), GenerationOptions.NONE);
  }

  public static ChatRequest request(
      List<Message> messages, List<Tool> tools, ToolChoice choice, GenerationOptions options) {
    return new ChatRequest(
        "cline-memory-router",
        messages,
        tools,
        choice,
        options,
        new ResponseFormat.Text(),
        JSON.createObjectNode());
  }

  public static Message user(String text) {
    return Message.of(Role.USER, text);
  }

  public static UpstreamCall call(ChatRequest request, ModelSettings model) {
    return new UpstreamCall(request, model, model.names().getFirst(), 8192, 512, false);
  }

  public static UpstreamCall call(String name, String text) {
    return call(request(user(text)), model(name));
  }

  public static Tool tool(String name) {
    ObjectNode definition = JSON.createObjectNode().put("type", "function");
    definition
        .putObject("function")
        .put("name", name)
        .putObject("parameters")
        .put("type", "object");
    return new Tool(name, definition);
  }

  public static JsonNode json(String text) {
    return JSON.readTree(text.replace('\'', '"'));
  }

  /// All events up to the terminal one.
  public static List<ChatEvent> all(ChatStream stream) throws InterruptedException {
    var events = new ArrayList<ChatEvent>();
    try (stream) {
      do {
        events.add(stream.next());
      } while (!(events.getLast() instanceof ChatEvent.Finish)
          && !(events.getLast() instanceof ChatEvent.Failure));
    }
    return events;
  }

  public static String text(List<ChatEvent> events) {
    return events.stream()
        .map(event -> event instanceof ChatEvent.Text(var text) ? text : "")
        .collect(Collectors.joining());
  }

  public static String reasoning(List<ChatEvent> events) {
    return events.stream()
        .map(event -> event instanceof ChatEvent.Reasoning(var text) ? text : "")
        .collect(Collectors.joining());
  }

  /// Each call as `name(arguments)`.
  public static List<String> toolCalls(List<ChatEvent> events) {
    var names = new ArrayList<String>();
    var arguments = new ArrayList<StringBuilder>();
    for (ChatEvent event : events) {
      if (event instanceof ChatEvent.ToolCallStart(var index, _, var name)) {
        if (index != names.size()) {
          throw new AssertionError("index " + index + " is not contiguous");
        }
        names.add(name);
        arguments.add(new StringBuilder());
      } else if (event instanceof ChatEvent.ToolCallArguments(var index, var fragment)) {
        arguments.get(index).append(fragment);
      }
    }
    var calls = new ArrayList<String>();
    for (int i = 0; i < names.size(); i++) {
      calls.add(names.get(i) + "(" + arguments.get(i) + ")");
    }
    return calls;
  }

  public static FinishReason finish(List<ChatEvent> events) {
    if (events.getLast() instanceof ChatEvent.Finish(var reason, _)) {
      return reason;
    }
    throw new AssertionError("not finished: " + events.getLast());
  }

  public static Set<Correction> corrections(List<ChatEvent> events) {
    return events.getLast() instanceof ChatEvent.Finish finish ? finish.corrections() : Set.of();
  }

  public static UpstreamFailure failure(List<ChatEvent> events) {
    if (events.getLast() instanceof ChatEvent.Failure(var failure)) {
      return failure;
    }
    throw new AssertionError("no failure: " + events.getLast());
  }
}

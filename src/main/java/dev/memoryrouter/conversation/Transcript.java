package dev.memoryrouter.conversation;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A request as the readers of this package look at it. The newest turn is what stands after the
/// last assistant message; it is empty when the history ends with an assistant message.
///
/// @param system text of the leading system messages
/// @param turnStart index of the first message of the newest turn
/// @param toolNames tool names by call id
record Transcript(
    ChatRequest request,
    Map<String, String> headers,
    String system,
    int turnStart,
    Map<String, String> toolNames) {

  static Transcript of(ChatRequest request, Map<String, String> headers) {
    List<Message> messages = request.messages();
    int turnStart = messages.size();
    while (turnStart > 0 && messages.get(turnStart - 1).role() != Role.ASSISTANT) {
      turnStart--;
    }
    Map<String, String> toolNames = new HashMap<>();
    for (Message message : messages) {
      message.toolCalls().forEach(call -> toolNames.put(call.id(), call.name()));
    }
    return new Transcript(request, headers, leadingSystem(messages), turnStart, toolNames);
  }

  List<Message> messages() {
    return request.messages();
  }

  List<Message> newestTurn() {
    return messages().subList(turnStart, messages().size());
  }

  /// Names of the tools whose results the newest turn brings, as far as they are told.
  List<String> newestResults() {
    return newestTurn().stream().flatMap(this::results).toList();
  }

  private Stream<String> results(Message message) {
    return switch (message.role()) {
      case TOOL -> Stream.ofNullable(toolNames.get(message.toolCallId()));
      case USER ->
          texts(message)
              .map(text -> ToolHeader.at(text, 0))
              .filter(Objects::nonNull)
              .map(ToolHeader::tool);
      case SYSTEM, ASSISTANT -> Stream.empty();
    };
  }

  boolean hasRole(Role role) {
    return messages().stream().anyMatch(message -> message.role() == role);
  }

  boolean offers(String tool) {
    return request.tools().stream().anyMatch(offered -> offered.name().equals(tool));
  }

  /// The value of a header, empty when it is absent.
  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /// The agent's session id in the headers; null when it sends none.
  @Nullable String sessionHeader() {
    String id = header("x-session-id").strip();
    String session = id.isEmpty() ? header("x-session-affinity").strip() : id;
    return session.isEmpty() ? null : session;
  }

  /// The beginning of the system prompt in lower case, where helper calls say what they are.
  String systemOpening(int length) {
    return system.substring(0, Math.min(length, system.length())).toLowerCase(Locale.ROOT);
  }

  /// The first user message; null when there is none.
  @Nullable Message firstUser() {
    return messages().stream()
        .filter(message -> message.role() == Role.USER)
        .findFirst()
        .orElse(null);
  }

  /// The texts of a message's text parts.
  static Stream<String> texts(Message message) {
    return message.parts().stream()
        .filter(Part.Text.class::isInstance)
        .map(part -> ((Part.Text) part).text());
  }

  private static String leadingSystem(List<Message> messages) {
    StringBuilder system = new StringBuilder();
    for (Message message : messages) {
      if (message.role() != Role.SYSTEM) {
        break;
      }
      system.append(system.isEmpty() ? "" : "\n").append(message.text());
    }
    return system.toString();
  }
}

package dev.memoryrouter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What may stand in the choices of a stream, as they come one after the other.
abstract sealed class ChoiceRules {
  final StringBuilder text = new StringBuilder();

  /// The `object` of each chunk.
  abstract String object();

  abstract void add(JsonNode choice);

  /// Checks what can only be said at the end.
  abstract void complete(String finish);

  String text() {
    return text.toString();
  }

  String reasoning() {
    return "";
  }

  List<StreamRules.Call> calls() {
    return List.of();
  }

  /// Legacy completions: `text` alone.
  static final class Text extends ChoiceRules {
    @Override
    String object() {
      return "text_completion";
    }

    @Override
    void add(JsonNode choice) {
      assertThat(choice.propertyNames())
          .containsExactlyInAnyOrder("index", "text", "logprobs", "finish_reason");
      assertThat(choice.path("text").isString()).as("text of %s", choice).isTrue();
      text.append(choice.path("text").stringValue());
    }

    @Override
    void complete(String finish) {
      assertThat(text).as("text").isNotEmpty();
    }
  }

  /// Chat completions: deltas that clients add up.
  static final class Chat extends ChoiceRules {
    private final StringBuilder reasoning = new StringBuilder();
    private final List<OpenCall> calls = new ArrayList<>();
    private boolean begun;

    private record OpenCall(String id, String name, StringBuilder arguments) {}

    @Override
    String object() {
      return "chat.completion.chunk";
    }

    @Override
    void add(JsonNode choice) {
      JsonNode delta = choice.path("delta");
      assertThat(delta.isObject()).as("delta of %s", choice).isTrue();
      assertThat(delta.propertyNames())
          .as("keys of %s", delta)
          .isSubsetOf("role", "content", "reasoning_content", "reasoning", "tool_calls");
      role(delta);
      if (delta.has("content")) {
        text.append(string(delta, "content"));
      }
      if (delta.has("reasoning_content") || delta.has("reasoning")) {
        reasoning.append(string(delta, "reasoning_content"));
        assertThat(string(delta, "reasoning")).isEqualTo(string(delta, "reasoning_content"));
      }
      delta.path("tool_calls").forEach(this::toolCall);
    }

    private void role(JsonNode delta) {
      assertThat(delta.has("role"))
          .as("role in the first delta alone: %s", delta)
          .isNotEqualTo(begun);
      assertThat(delta.path("role").asString("assistant")).isEqualTo("assistant");
      begun = true;
    }

    private static String string(JsonNode object, String key) {
      assertThat(object.path(key).isString()).as("%s of %s is a string", key, object).isTrue();
      return object.path(key).stringValue();
    }

    private void toolCall(JsonNode call) {
      assertThat(call.path("index").isInt()).as("index of %s", call).isTrue();
      JsonNode function = call.path("function");
      String fragment = string(function, "arguments");
      if (call.path("index").intValue() < calls.size()) {
        assertThat(call.propertyNames())
            .as("id, type and name come once: %s", call)
            .containsExactlyInAnyOrder("index", "function");
        assertThat(function.propertyNames()).as("%s", call).containsExactly("arguments");
      } else {
        begin(call, function);
      }
      calls.get(call.path("index").intValue()).arguments().append(fragment);
    }

    private void begin(JsonNode call, JsonNode function) {
      assertThat(call.path("index").intValue()).as("contiguous index").isEqualTo(calls.size());
      assertThat(string(call, "type")).isEqualTo("function");
      String id = string(call, "id");
      assertThat(id).as("id of %s", call).isNotBlank();
      assertThat(calls).as("ids are unique").noneMatch(other -> other.id().equals(id));
      assertThat(string(function, "name")).as("name of %s", call).isNotBlank();
      calls.add(new OpenCall(id, string(function, "name"), new StringBuilder()));
    }

    @Override
    void complete(String finish) {
      assertThat(text.isEmpty() && calls.isEmpty()).as("an empty answer").isFalse();
      if (calls.isEmpty()) {
        assertThat(finish).as("no tool was called").isNotEqualTo("tool_calls");
      } else {
        // "length" only tells of a call that was cut off.
        assertThat(finish).as("%s were called", calls).isNotEqualTo("stop");
      }
      assertThat(calls).as("arguments").noneMatch(call -> call.arguments().isEmpty());
    }

    @Override
    String reasoning() {
      return reasoning.toString();
    }

    @Override
    List<StreamRules.Call> calls() {
      return calls.stream()
          .map(call -> new StreamRules.Call(call.id(), call.name(), call.arguments().toString()))
          .toList();
    }
  }
}

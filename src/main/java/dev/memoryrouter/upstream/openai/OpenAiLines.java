package dev.memoryrouter.upstream.openai;

import dev.memoryrouter.upstream.AnswerEvents;
import dev.memoryrouter.upstream.AnswerLines;
import dev.memoryrouter.upstream.ErrorReader;
import dev.memoryrouter.upstream.FinishReason;
import dev.memoryrouter.upstream.ToolArguments;
import dev.memoryrouter.upstream.UpstreamCall;
import dev.memoryrouter.upstream.UpstreamFailure;
import dev.memoryrouter.upstream.UpstreamSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Reads a stream of chat completion chunks. Finish reason and usage may come in any order; an
/// error ends the answer even when the server says `[DONE]` after it.
final class OpenAiLines implements AnswerLines {
  private static final String DONE = "[DONE]";

  private final ErrorReader errors;
  private final SseEvents sse = new SseEvents();
  private final Map<Integer, Call> calls = new HashMap<>();
  private final List<Call> allCalls = new ArrayList<>();
  private int lastCall = -1;

  /// A tool call on its way: arguments may come before the name.
  private static final class Call {
    private @Nullable String id;
    private int index = -1;
    private final StringBuilder early = new StringBuilder();
  }

  OpenAiLines(UpstreamSettings upstream, UpstreamCall call) {
    this.errors = new ErrorReader(upstream, call.upstreamModel());
  }

  @Override
  public boolean line(String line, AnswerEvents out) {
    boolean data = sse.line(line, payload -> payload(payload, out));
    if (sse.tooLong()) {
      out.fail(new UpstreamFailure.Broken(errors.who() + " sent an event without end."));
    }
    return data;
  }

  @Override
  public void end(AnswerEvents out) {
    sse.end(payload -> payload(payload, out));
  }

  private void payload(String payload, AnswerEvents out) {
    if (payload.strip().equals(DONE)) {
      out.complete();
      return;
    }
    try {
      chunk(ToolArguments.read(payload), out);
    } catch (JacksonException _) {
      out.fail(
          new UpstreamFailure.Broken(errors.who() + " sent an event that is no complete JSON."));
    }
  }

  private void chunk(JsonNode chunk, AnswerEvents out) {
    JsonNode error = error(chunk);
    if (!error.isMissingNode() && !error.isNull()) {
      out.fail(errors.inStream(error));
      return;
    }
    for (JsonNode choice : chunk.path("choices")) {
      if (choice.path("index").asInt(0) == 0) {
        choice(choice, out);
      }
    }
    usage(chunk, out);
  }

  /// The error of a chunk; in vLLM's older form the chunk is the error itself.
  private static JsonNode error(JsonNode chunk) {
    return chunk.path("object").asString("").equals("error") ? chunk : chunk.path("error");
  }

  private void choice(JsonNode choice, AnswerEvents out) {
    // A server that does not stream answers with a whole message.
    JsonNode delta = choice.has("delta") ? choice.path("delta") : choice.path("message");
    String reasoning = delta.path("reasoning_content").asString("");
    out.reasoning(reasoning.isEmpty() ? delta.path("reasoning").asString("") : reasoning);
    text(delta.path("content"), out);
    out.text(delta.path("refusal").asString(""));
    for (JsonNode call : delta.path("tool_calls")) {
      toolCall(call, out);
    }
    String reason = choice.path("finish_reason").asString("");
    if (!reason.isEmpty()) {
      finish(reason, out);
    }
  }

  /// A text, or a list of parts as some servers send it.
  private static void text(JsonNode content, AnswerEvents out) {
    out.text(content.asString(""));
    if (content.isArray()) {
      for (JsonNode part : content) {
        out.text(part.path("text").asString(""));
        out.text(part.path("refusal").asString(""));
      }
    }
  }

  /// The call that a piece belongs to. Some servers give every call the index 0: another id with a
  /// name begins another call.
  private Call callOf(JsonNode node, String id, String name) {
    int key = node.path("index").asInt(id.isEmpty() ? Math.max(0, lastCall) : allCalls.size());
    lastCall = key;
    Call call = calls.get(key);
    boolean another =
        call != null && call.id != null && !id.isEmpty() && !id.equals(call.id) && !name.isEmpty();
    if (call == null || another) {
      call = new Call();
      calls.put(key, call);
      allCalls.add(call);
    }
    if (!id.isEmpty() && call.id == null) {
      call.id = id;
    }
    return call;
  }

  private void toolCall(JsonNode node, AnswerEvents out) {
    JsonNode function = node.path("function");
    String name = function.path("name").asString("");
    Call call = callOf(node, node.path("id").asString(""), name);
    JsonNode arguments = function.path("arguments");
    String fragment = arguments.isObject() ? arguments.toString() : arguments.asString("");
    if (call.index < 0 && name.isEmpty()) {
      call.early.append(fragment);
      return;
    }
    if (call.index < 0) {
      call.index = out.toolCall(call.id, name);
      out.arguments(call.index, call.early.toString());
    }
    out.arguments(call.index, fragment);
  }

  private void finish(String reason, AnswerEvents out) {
    if (allCalls.stream().anyMatch(call -> call.index < 0)) {
      out.fail(new UpstreamFailure.Broken(errors.who() + " sent a tool call without a name."));
      return;
    }
    switch (reason) {
      case "length" -> out.finish(FinishReason.LENGTH);
      case "content_filter" -> out.finish(FinishReason.CONTENT_FILTER);
      case "tool_calls", "function_call" -> out.finish(FinishReason.TOOL_CALLS);
      case "abort", "error" ->
          out.fail(
              new UpstreamFailure.Broken(
                  errors.who() + " gave up in the middle of its answer (" + reason + ")."));
      default -> out.finish(FinishReason.STOP);
    }
  }

  private static void usage(JsonNode chunk, AnswerEvents out) {
    JsonNode usage = chunk.path("usage");
    JsonNode timings = chunk.path("timings");
    if (usage.isObject()) {
      JsonNode cached = usage.path("prompt_tokens_details").path("cached_tokens");
      out.usage(
          usage.path("prompt_tokens").asInt(0),
          usage.path("completion_tokens").asInt(0),
          cached.isInt() ? Integer.valueOf(cached.asInt()) : cache(timings));
    } else if (timings.isObject()) {
      int cached = timings.path("cache_n").asInt(0);
      int prompt = cached + timings.path("prompt_n").asInt(0);
      out.usage(prompt, timings.path("predicted_n").asInt(0), cache(timings));
    }
  }

  private static @Nullable Integer cache(JsonNode timings) {
    JsonNode cached = timings.path("cache_n");
    return cached.isInt() ? cached.asInt() : null;
  }
}

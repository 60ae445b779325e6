package dev.memoryrouter.upstream.ollama;

import dev.memoryrouter.upstream.AnswerEvents;
import dev.memoryrouter.upstream.AnswerLines;
import dev.memoryrouter.upstream.ErrorReader;
import dev.memoryrouter.upstream.FinishReason;
import dev.memoryrouter.upstream.ToolArguments;
import dev.memoryrouter.upstream.UpstreamCall;
import dev.memoryrouter.upstream.UpstreamFailure;
import dev.memoryrouter.upstream.UpstreamSettings;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Reads Ollama's stream: one JSON object on each line, the last one with `done`. A stream that
/// ends without it has failed, whatever came before.
final class OllamaLines implements AnswerLines {
  /// Repetitions after which Ollama gives an answer up on its rendered path (`llm/llama_server.go`,
  /// Completion).
  private static final int OLLAMAS_RUN_ON_LIMIT = 30;

  private final ErrorReader errors;

  OllamaLines(UpstreamSettings upstream, UpstreamCall call) {
    this.errors = new ErrorReader(upstream, call.upstreamModel());
  }

  @Override
  public boolean line(String line, AnswerEvents out) {
    if (line.isBlank()) {
      return false;
    }
    try {
      object(ToolArguments.read(line), out);
    } catch (JacksonException _) {
      out.fail(
          new UpstreamFailure.Broken(
              errors.who() + " sent a line that is no complete JSON object."));
    }
    return true;
  }

  /// A complete answer was complete with its last line. Ollama ends a run-on without such a line.
  @Override
  public void end(AnswerEvents out) {
    out.stoppedByServerAfter(OLLAMAS_RUN_ON_LIMIT);
  }

  private void object(JsonNode node, AnswerEvents out) {
    JsonNode error = node.path("error");
    if (!error.isMissingNode() && !error.isNull()) {
      out.fail(errors.inStream(error));
      return;
    }
    JsonNode message = node.path("message");
    out.reasoning(message.path("thinking").asString(""));
    out.text(message.path("content").asString(""));
    for (JsonNode call : message.path("tool_calls")) {
      toolCall(call, out);
    }
    if (node.path("done").asBoolean(false)) {
      done(node, out);
    }
  }

  private void toolCall(JsonNode call, AnswerEvents out) {
    JsonNode function = call.path("function");
    String name = function.path("name").asString("");
    if (name.isEmpty()) {
      out.fail(new UpstreamFailure.Broken(errors.who() + " sent a tool call without a name."));
      return;
    }
    JsonNode arguments = function.path("arguments");
    // Ollama's own index is left out: older versions say 0 for every call.
    int index = out.toolCall(call.path("id").asString(null), name);
    if (arguments.isString()) {
      out.arguments(index, arguments.asString());
    } else if (arguments.isObject()) {
      out.arguments(index, arguments.toString());
    }
  }

  private static void done(JsonNode node, AnswerEvents out) {
    // A count of zero is left out by Ollama.
    out.usage(node.path("prompt_eval_count").asInt(0), node.path("eval_count").asInt(0), null);
    boolean length = node.path("done_reason").asString("").equals("length");
    out.finish(length ? FinishReason.LENGTH : FinishReason.STOP);
    out.complete();
  }
}

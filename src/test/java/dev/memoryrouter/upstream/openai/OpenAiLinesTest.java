package dev.memoryrouter.upstream.openai;

import static dev.memoryrouter.upstream.Calls.JSON;
import static dev.memoryrouter.upstream.Calls.call;
import static dev.memoryrouter.upstream.Calls.settings;

import dev.memoryrouter.upstream.RandomAnswers;
import dev.memoryrouter.upstream.Splits;
import dev.memoryrouter.upstream.UpstreamSettings;
import java.net.URI;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

class OpenAiLinesTest {
  private final Splits splits =
      new Splits(() ->
          new OpenAiLines(
              settings(UpstreamSettings.Type.OPENAI, URI.create("http://localhost:8080/v1")),
              call("m", "x")));

  static LongStream seeds() {
    return LongStream.range(0, 8);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void line_anySplitOfTheBytes_givesTheSameEvents(long seed) throws Exception {
    var random = new Random(seed);

    splits.assertNoSplitMatters(answer(new RandomAnswers(random)), random);
  }

  private static String answer(RandomAnswers random) {
    String end = random.chance() ? "\r\n" : "\n";
    var stream = new StringBuilder(random.chance() ? ": ping" + end + end : "");
    if (random.chance()) {
      random.pieces().forEach(it -> delta(stream, delta("reasoning_content", it), end));
    }
    random.pieces().forEach(piece -> delta(stream, delta("content", piece), end));
    if (random.chance()) {
      toolCall(stream, random.arguments().toString(), end);
    }
    finish(stream, end);
    return stream.append("data: [DONE]").append(end).append(end).toString();
  }

  private static void toolCall(StringBuilder stream, String arguments, String end) {
    int half = arguments.offsetByCodePoints(0, arguments.codePointCount(0, arguments.length()) / 2);
    ObjectNode first = JSON.createObjectNode();
    ObjectNode start = first.putArray("tool_calls").addObject().put("index", 0).put("id", "a");
    start.putObject("function").put("name", "read").put("arguments", arguments.substring(0, half));
    delta(stream, first, end);
    ObjectNode second = JSON.createObjectNode();
    ObjectNode rest = second.putArray("tool_calls").addObject().put("index", 0);
    rest.putObject("function").put("arguments", arguments.substring(half));
    delta(stream, second, end);
  }

  private static ObjectNode delta(String key, String text) {
    return JSON.createObjectNode().put(key, text);
  }

  private static void delta(StringBuilder stream, ObjectNode delta, String end) {
    ObjectNode chunk = JSON.createObjectNode();
    chunk.putArray("choices").addObject().put("index", 0).set("delta", delta);
    stream.append("data: ").append(chunk).append(end).append(end);
  }

  private static void finish(StringBuilder stream, String end) {
    ObjectNode chunk = JSON.createObjectNode();
    chunk.putArray("choices").addObject().put("finish_reason", "stop").putObject("delta");
    chunk.putObject("usage").put("prompt_tokens", 5).put("completion_tokens", 3);
    stream.append("data: ").append(chunk).append(end).append(end);
  }
}

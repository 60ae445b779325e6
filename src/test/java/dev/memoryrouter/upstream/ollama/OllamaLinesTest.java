package dev.memoryrouter.upstream.ollama;

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

class OllamaLinesTest {
  private final Splits splits =
      new Splits(() ->
          new OllamaLines(
              settings(UpstreamSettings.Type.OLLAMA, URI.create("http://localhost:11434")),
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
    var lines = new StringBuilder();
    if (random.chance()) {
      random.pieces().forEach(piece -> line(lines, "thinking", piece));
    }
    random.pieces().forEach(piece -> line(lines, "content", piece));
    ObjectNode last = JSON.createObjectNode();
    ObjectNode message = last.putObject("message").put("content", "");
    if (random.chance()) {
      ObjectNode function =
          message.putArray("tool_calls").addObject().put("id", "a").putObject("function");
      function.put("name", "read").set("arguments", random.arguments());
    }
    last.put("done", true).put("done_reason", "stop").put("prompt_eval_count", 5);
    return lines.append(last).append(random.chance() ? "\r\n" : "\n").toString();
  }

  private static void line(StringBuilder lines, String key, String text) {
    ObjectNode line = JSON.createObjectNode();
    line.putObject("message").put("content", "").put(key, text);
    lines.append(line.put("done", false)).append('\n');
  }
}

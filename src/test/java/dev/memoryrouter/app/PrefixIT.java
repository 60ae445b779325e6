package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.AgentConversations;
import dev.memoryrouter.testing.AgentConversations.Shape;
import dev.memoryrouter.testing.AgentConversations.Step;
import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Script;
import dev.memoryrouter.tokens.CountCache;
import dev.memoryrouter.tokens.TokenCounter;
import dev.memoryrouter.tokens.TokenCounters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A long agent conversation through the whole server, with a restart and an edit of the bank on
/// the way: what a prefix cache holds of the last prompt is never spoilt. With `-Dprefix.report=` a
/// file, a table of all turns is written there.
class PrefixIT {
  private static final String CODER = "qwen2.5-coder:32b";
  private static final int TURNS = 60;
  private static final int RESTART = 25;
  private static final int BANK_EDIT = 40;
  private static final Map<Integer, String> WORDS =
      Map.of(
          15, "Now let the carrier client honour Retry-After as well.",
          35, "Also write a test for the jitter of the retries.",
          50, "Which table do the events live in? Fix the query.");

  private final CountCache counts = new CountCache();
  private final TokenCounter counter = TokenCounters.of("qwen");
  private final List<String> report = new ArrayList<>();
  private final AgentConversations agent =
      new AgentConversations(Shape.CLINE_NATIVE, "/home/dev/harbour", 60_000, 11);

  private long reusable;
  private long possible;

  @Test
  void chat_sixtyTurns_neverSpoilThePrefix(@TempDir Path root) throws Exception {
    largeContext(root);
    try (FakeUpstream ollama = FakeUpstream.start();
        TestServer server = TestServer.start(root, ollama.ollamaUrl(), environment(root))) {
      ollama.pull(FakeModel.of(CODER).withContext(131_072).withCapabilities("completion", "tools"));
      server.awaitIndex();
      report.add("| turn | event | prompt tokens | reusable | of the last prompt | memory |");
      report.add("|---:|---|---:|---:|---:|---|");
      ObjectNode body = offerTwentyTools(agent.firstTurn("Fix the retries of the carrier client."));
      for (int turn = 1; turn <= TURNS; turn++) {
        String event = event(server, root, turn);
        String answer = "Step " + turn + ".";
        ollama.next(Script.text(answer));
        String memory = memoryOf(server, body);
        add(ollama, turn, event, memory);
        body = agent.nextTurn(body, answer, step(turn + 1));
      }
      check(ollama);
    } finally {
      write();
    }
  }

  private void check(FakeUpstream ollama) {
    List<JsonNode> prompts = ollama.chats().stream().map(call -> call.body()).toList();
    assertThat(prompts).hasSize(TURNS);
    for (int turn = 1; turn < TURNS; turn++) {
      List<JsonNode> before = messages(prompts.get(turn - 1));
      assertThat(messages(prompts.get(turn)).subList(0, before.size()))
          .as("turn %d", turn + 1)
          .isEqualTo(before);
      assertThat(prompts.get(turn).path("tools")).isEqualTo(prompts.get(0).path("tools"));
      assertThat(prompts.get(turn).path("options").path("num_ctx").asInt()).isEqualTo(131_072);
    }
    assertThat(messages(prompts.getFirst()).get(1).toString()).contains("<memory_bank");
    assertThat((double) reusable / possible).isGreaterThanOrEqualTo(0.99);
  }

  private static Map<String, String> environment(Path root) {
    return Map.of("MEMORY_BANK_PATH", root.resolve("memory-bank").toString());
  }

  private static void largeContext(Path root) throws IOException {
    TestServer.prepare(root);
    Path models = root.resolve("config/models.yaml");
    Files.writeString(
        models,
        Files.readString(models)
            .replace("context: 131072", "context: 131072\n    num-ctx: 131072"));
  }

  private static String event(TestServer server, Path root, int turn)
      throws IOException, InterruptedException {
    if (turn == RESTART) {
      server.restart();
      server.awaitIndex();
      return "after a restart";
    }
    if (turn == BANK_EDIT) {
      Path file = root.resolve("memory-bank/techContext.md");
      Files.writeString(file, Files.readString(file).replace("with jitter", "with full jitter"));
      server.post("/v1/memory/reindex", "{}");
      return "after an edit of the bank";
    }
    return WORDS.containsKey(turn) ? "new words" : "";
  }

  private Step step(int turn) {
    String words = WORDS.get(turn);
    return words == null ? new Step.ToolResult(agent.code(3_300)) : new Step.Words(words);
  }

  private static String memoryOf(TestServer server, ObjectNode body)
      throws IOException, InterruptedException {
    try (TestServer.Streaming answer = server.stream(body.toString())) {
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("x-router-model")).isEqualTo("qwen2.5-coder");
      assertThat(answer.lines().getLast()).isEqualTo("data: [DONE]");
      return answer.header("x-router-memory");
    }
  }

  private void add(FakeUpstream ollama, int turn, String event, String memory) {
    List<FakeUpstream.Call> calls = ollama.chats();
    List<JsonNode> now = messages(calls.get(turn - 1).body());
    List<JsonNode> before = turn == 1 ? List.of() : messages(calls.get(turn - 2).body());
    int common = 0;
    while (common < before.size() && before.get(common).equals(now.get(common))) {
      common++;
    }
    int kept = tokens(before.subList(0, common));
    int all = tokens(before);
    reusable += kept;
    possible += all;
    report.add(
        "| %d | %s | %d | %d | %s | %s |"
            .formatted(
                turn, event, tokens(now), kept, all == 0 ? "" : 100 * kept / all + " %", memory));
  }

  private int tokens(List<JsonNode> messages) {
    return messages.stream().mapToInt(node -> counts.count(counter, node.toString())).sum();
  }

  private static List<JsonNode> messages(JsonNode body) {
    return List.copyOf(body.path("messages").values());
  }

  private static ObjectNode offerTwentyTools(ObjectNode body) {
    ArrayNode tools = (ArrayNode) body.path("tools");
    for (int i = tools.size(); i < 20; i++) {
      ObjectNode function = tools.addObject().put("type", "function").putObject("function");
      function.put("name", "tool_" + i).put("description", "Does thing number " + i + ".");
      function.putObject("parameters").put("type", "object").putObject("properties");
    }
    return body;
  }

  private void write() throws IOException {
    String file = System.getProperty("prefix.report");
    if (file != null) {
      report.add("");
      report.add(
          "Reusable in all: %.2f %% of what the last prompts held."
              .formatted(100.0 * reusable / Math.max(1, possible)));
      Files.write(Path.of(file), report);
    }
  }
}

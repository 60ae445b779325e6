package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.AgentConversations;
import dev.memoryrouter.testing.AgentConversations.Shape;
import dev.memoryrouter.testing.AgentConversations.Step;
import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Conversations that go on over restarts, and what is recorded of them, through the whole server.
class RunningConversationIT {
  private static final String SECRET = "sk-live-abcdef0123456789abcdef";
  private static final String NOTES = "What does the memory bank say about the project status?";

  @TempDir private Path root;
  private final FakeUpstream ollama = FakeUpstream.start();

  @BeforeEach
  void pull() {
    for (String name : List.of("qwen3:30b-a3b", "qwen2.5-coder:32b", "llama4:16x17b")) {
      ollama.pull(
          FakeModel.of(name)
              .withContext(131_072)
              .withCapabilities("completion", "tools", "vision"));
    }
  }

  @AfterEach
  void stop() {
    ollama.close();
  }

  @Test
  void restart_toolLoop_sameModelSameConversationSamePrefix() throws Exception {
    AgentConversations agent = new AgentConversations(Shape.CLINE_XML, "/w", 500, 5);
    ObjectNode first = agent.firstTurn(NOTES);
    try (TestServer server = TestServer.start(root, ollama.ollamaUrl(), anyWorkspace())) {
      server.awaitIndex();
      JsonNode before = send(server, agent, first);
      ObjectNode second = agent.nextTurn(first, "I read.", new Step.ToolResult("a file"));
      JsonNode loop = send(server, agent, second);
      JsonNode sent = ollama.chats().getLast().body().path("messages");
      assertThat(loop.path("rule").asString()).isEqualTo("sticky");

      server.restart();
      server.awaitIndex();
      ObjectNode third = agent.nextTurn(second, "I read on.", new Step.ToolResult("fix the code"));
      JsonNode after = send(server, agent, third);

      assertThat(after.path("rule").asString()).isEqualTo("sticky");
      assertThat(after.path("model")).isEqualTo(before.path("model"));
      assertThat(after.path("conversation")).isEqualTo(before.path("conversation"));
      JsonNode sentAfter = ollama.chats().getLast().body().path("messages");
      assertThat(sent.toString()).contains("<memory_bank");
      for (int i = 0; i < sent.size(); i++) {
        assertThat(sentAfter.path(i)).isEqualTo(sent.path(i));
      }
    }
    assertThat(stateFiles()).hasSizeGreaterThanOrEqualTo(2);
    for (Path file : stateFiles()) {
      assertThat(Files.readString(file)).doesNotContain("about the project status", "I read");
    }
  }

  @Test
  void restart_damagedState_servesAsIfItWereNew() throws Exception {
    AgentConversations agent = new AgentConversations(Shape.CLINE_SDK, "/w", 500, 6);
    ObjectNode body = agent.firstTurn(NOTES);
    try (TestServer server = TestServer.start(root, ollama.ollamaUrl(), anyWorkspace())) {
      send(server, agent, body);
      Awaitility.await().until(() -> stateFiles().size() >= 2);
    }
    for (Path file : stateFiles()) {
      Files.write(file, new byte[] {0, 1, (byte) 255, '\n', 7});
    }
    try (TestServer server = TestServer.start(root, ollama.ollamaUrl(), anyWorkspace())) {
      ObjectNode next = agent.nextTurn(body, "x", new Step.ToolResult("y"));
      assertThat(send(server, agent, next).path("model").asString()).isEqualTo("qwen3");
    }
  }

  @Test
  void toolLoop_resultTooLarge_movesOnceAndSaysWhy() throws Exception {
    AgentConversations agent = new AgentConversations(Shape.ROO_NATIVE, "/w", 500, 8);
    ObjectNode first = agent.firstTurn(NOTES);
    try (TestServer server = TestServer.start(root, ollama.ollamaUrl(), anyWorkspace())) {
      assertThat(send(server, agent, first).path("model").asString()).isEqualTo("qwen3");
      ObjectNode large = agent.nextTurn(first, "I read.", new Step.ToolResult(agent.code(200_000)));
      JsonNode moved = send(server, agent, large);
      ObjectNode next = agent.nextTurn(large, "I read on.", new Step.ToolResult("little"));
      JsonNode after = send(server, agent, next);

      assertThat(moved.path("rule").asString()).isEqualTo("fallback");
      assertThat(moved.path("model").asString()).isNotEqualTo("qwen3");
      assertThat(moved.path("trace").values())
          .anySatisfy(step -> {
            assertThat(step.path("step").asString()).isEqualTo("switch");
            assertThat(step.path("result").asString()).isEqualTo("forced");
            assertThat(step.path("value").asString()).startsWith("qwen3 too-small: ");
          });
      assertThat(after.path("rule").asString()).isEqualTo("sticky");
      assertThat(after.path("model")).isEqualTo(moved.path("model"));
    }
  }

  @Test
  void record_thenReplay_showsWhatAnEditChanges() throws Exception {
    edit("record: false", "record: true");
    AgentConversations agent = new AgentConversations(Shape.CLINE_XML, "/w", 500, 7);
    Path recording = root.resolve("vector-stores/recordings/decisions.jsonl");
    try (TestServer server = TestServer.start(root, ollama.ollamaUrl(), anyWorkspace())) {
      server.awaitIndex();
      ObjectNode first = agent.firstTurn(NOTES + " My key is " + SECRET + ", mail a.b@example.org");
      send(server, agent, first);
      send(server, agent, agent.nextTurn(first, "x", new Step.ToolResult("y " + SECRET)));
      Awaitility.await()
          .until(() -> Files.exists(recording) && Files.readAllLines(recording).size() == 2);
    }
    String recorded = Files.readString(recording);
    assertThat(recorded)
        .contains("project status", "[redacted]")
        .doesNotContain(SECRET, "example.org", "You are a stand-in agent");

    CommandRun same = CommandRun.of(root, Map.of(), "replay", recording.toString(), "--json");
    assertThat(same.exitCode()).as(same.out() + same.err()).isZero();
    assertThat(same.json().path("decisions").asInt()).isEqualTo(2);

    edit("alias: cline-memory-router", "alias: renamed");
    CommandRun renamed = CommandRun.of(root, Map.of(), "replay", recording.toString(), "--json");
    assertThat(renamed.exitCode()).isEqualTo(1);
    assertThat(renamed.json().at("/changes/1/modelAfter").asString()).isEqualTo("none");
    assertThat(renamed.json().at("/changes/1/ruleAfter").asString()).isEqualTo("model_not_found");
    edit("alias: renamed", "alias: cline-memory-router");

    Files.writeString(recording, recorded + "{\"time\":\"x\"}\nno json\n");
    edit("when: {intent: memory},", "when: {intent: memory, mode: plan},");
    CommandRun edited = CommandRun.of(root, Map.of(), "replay", recording.toString(), "--json");
    assertThat(edited.exitCode()).isEqualTo(1);
    assertThat(edited.json().path("changes")).hasSize(1);
    assertThat(edited.json().at("/changes/0/modelBefore").asString()).isEqualTo("qwen3");
    assertThat(edited.json().at("/damaged/0/line").asInt()).isEqualTo(3);
    assertThat(edited.json().at("/damaged/1/line").asInt()).isEqualTo(4);
    assertThat(edited.err()).contains("line 3 is damaged: ", "line 4 is damaged: ");
  }

  @Test
  void replay_otherFolder_readsItsConfiguration() throws Exception {
    CommandRun missing = CommandRun.of(root, Map.of(), "replay", root + "/none.jsonl");
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err()).contains("No such file");

    Path empty = Files.writeString(root.resolve("empty.jsonl"), "\n");
    CommandRun noConfig =
        CommandRun.of(root, Map.of(), "replay", empty.toString(), "--config", root + "/nowhere");
    assertThat(noConfig.exitCode()).isEqualTo(2);
    assertThat(noConfig.err()).contains("nowhere");
  }

  /// The whole account of a request after its answer.
  private static JsonNode send(TestServer server, AgentConversations agent, ObjectNode body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.uri("/v1/chat/completions"))
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    agent.headers().forEach(request::header);
    HttpResponse<String> answer = server.send(request.build());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared()
        .readTree(
            server
                .get(
                    "/v1/router/requests/"
                        + answer.headers().firstValue("x-request-id").orElseThrow())
                .body());
  }

  private void edit(String old, String by) throws IOException {
    TestServer.prepare(root);
    Path file = root.resolve("config/routing.yaml");
    String text = Files.readString(file);
    assertThat(text).contains(old);
    Files.writeString(file, text.replace(old, by));
  }

  private Map<String, String> anyWorkspace() throws IOException {
    TestServer.prepare(root);
    return Map.of("MEMORY_BANK_PATH", root.resolve("memory-bank").toString());
  }

  private List<Path> stateFiles() throws IOException {
    Path folder = root.resolve("vector-stores/state");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".log")).toList();
    }
  }
}

package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Script;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Waiting for one slot of a stand-in for Ollama, through the whole server.
class QueueIT {
  private static final String CODER = "qwen2.5-coder:32b";
  private static final String NIGHT_RULE =
      "{name: night, when: {text: nightly}, route: qwen2.5-coder, priority: background}";
  private static final List<String> CLASSES =
      List.of("background", "subagent", "agent", "interactive");

  private final FakeUpstream ollama = FakeUpstream.start();
  private final HttpClient http =
      HttpClient.newBuilder().executor(Executors.newVirtualThreadPerTaskExecutor()).build();
  private TestServer server;

  @BeforeEach
  void start(@TempDir Path root) throws IOException {
    ollama.pull(FakeModel.of(CODER).withCapabilities("completion", "tools"));
    Path config = Files.createDirectories(root.resolve("config"));
    Files.writeString(
        config.resolve("server.yaml"),
        """
        http: {status-hold: 200ms, keep-alive: 200ms}
        queue: {priority-header: x-priority, drain: 30s}
        """);
    String routing = Files.readString(Path.of("config/routing.yaml"));
    Files.writeString(
        config.resolve("routing.yaml"), routing.replace("\nrules:", "\nrules:\n  - " + NIGHT_RULE));
    server = TestServer.start(root, ollama.ollamaUrl(), Map.of());
    server.awaitIndex();
  }

  @AfterEach
  void stop() {
    server.close();
    ollama.close();
    http.close();
  }

  @Test
  void fiveHundredRequests_areServedInTheOrderThatWasPromised() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    TestServer.Streaming first = holdTheSlot();
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    for (String priority : CLASSES) {
      for (int i = 0; i < 125; i++) {
        answers.add(send("job " + answers.size(), priority));
      }
      awaitWaiting(answers.size());
    }

    JsonNode queue = coder();
    assertThat(ManagementFactory.getThreadMXBean().getThreadCount() - threads)
        .as("platform threads for 500 who wait")
        .isLessThan(50);
    first.close();
    Map<String, String> ids = new HashMap<>();
    for (int i = 0; i < answers.size(); i++) {
      HttpResponse<String> answer = answers.get(i).get(120, TimeUnit.SECONDS);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      ids.put(answer.headers().firstValue("x-request-id").orElseThrow(), "job " + i);
    }

    for (String priority : CLASSES) {
      assertThat(queue.at("/waiting/" + priority).asInt()).isEqualTo(125);
    }
    List<String> promised =
        queue.path("requests").values().stream()
            .map(request -> ids.get(request.path("id").asString()))
            .toList();
    assertThat(served()).hasSize(501).endsWith(promised.toArray(String[]::new));
    assertThat(promised.getFirst()).isGreaterThan("job 374");
  }

  @Test
  void waitingRequests_areInTheClassOfTheirTurnOrRule() throws Exception {
    TestServer.Streaming first = holdTheSlot();
    String human = "{\"role\":\"user\",\"content\":\"Write a scanner\"}";
    String toolLoop =
        human
            + ",{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"read\",\"arguments\":\"{}\"}}]}"
            + ",{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"int x;\"}";
    String nightly = "{\"role\":\"user\",\"content\":\"nightly report of the code\"}";
    List<CompletableFuture<HttpResponse<String>>> answers =
        List.of(post(bodyOf(nightly)), post(bodyOf(toolLoop)), post(bodyOf(human)));
    awaitWaiting(3);

    assertThat(coder().path("requests").values().stream().map(it -> it.path("priority").asString()))
        .containsExactly("interactive", "agent", "background");

    first.close();
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
    assertThat(server.get("/metrics").body())
        .contains("router_queue_wait", "priority=\"background\"", "result=\"granted\"");
  }

  @Test
  void waitingStream_hearsItsPlace() throws Exception {
    assertThat(send("measured", "agent").get().statusCode()).isEqualTo(200);
    assertThat(send("measured again", "agent").get().statusCode()).isEqualTo(200);
    TestServer.Streaming first = holdTheSlot();
    CompletableFuture<HttpResponse<String>> other = send("other", "interactive");
    awaitWaiting(1);
    try (TestServer.Streaming answer = server.stream(body("Write a scanner", true))) {
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.line()).matches(": queued 2 of 2, about \\d+ s");

      first.close();

      assertThat(answer.lines()).last().isEqualTo("data: [DONE]");
    }
    assertThat(other.get().statusCode()).isEqualTo(200);
  }

  @Test
  void removedRequest_getsAClearRefusal() throws Exception {
    TestServer.Streaming first = holdTheSlot();
    List<CompletableFuture<HttpResponse<String>>> answers =
        List.of(send("a", "agent"), send("b", "agent"), send("c", "agent"));
    awaitWaiting(3);
    String id = coder().at("/requests/0/id").asString();

    assertThat(delete(id).statusCode()).isEqualTo(200);
    assertThat(delete(id).statusCode()).isEqualTo(404);
    assertThat(server.postJson("/v1/router/queue/clear", "").path("cleared").asInt()).isEqualTo(2);

    for (CompletableFuture<HttpResponse<String>> future : answers) {
      HttpResponse<String> answer = future.get(10, TimeUnit.SECONDS);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("x-should-retry")).hasValue("false");
      assertThat(JsonMapper.shared().readTree(answer.body()).at("/error/code").asString())
          .isEqualTo("removed_from_queue");
    }
    first.close();
  }

  @Test
  void fullQueue_refusesWithATime() throws Exception {
    Files.writeString(server.root().resolve("config/server.yaml"), "queue: {length: 1}\n");
    await(() -> server.getJson("/health").at("/components/config/reloads").asInt() == 1);
    TestServer.Streaming first = holdTheSlot();
    CompletableFuture<HttpResponse<String>> waiting = post(body("waiting", false));
    awaitWaiting(1);

    HttpResponse<String> refused = post(body("too much", false)).get(10, TimeUnit.SECONDS);

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("queue_full");
    assertThat(Integer.parseInt(refused.headers().firstValue("retry-after").orElseThrow()))
        .isBetween(1, 60);
    first.close();
    assertThat(waiting.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
  }

  @Test
  void priorityHeader_unknownClass_isABadRequest() throws Exception {
    HttpResponse<String> answer = send("a", "urgent").get();

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("x-priority", "interactive, agent, subagent, background");
  }

  @Test
  void start_defaultModelIsLoadedAsRequestsNeedIt() throws Exception {
    ollama.await(Duration.ofSeconds(10), "a load", () -> !ollama.calls("/api/generate").isEmpty());
    send("a", "agent").get();

    JsonNode load = ollama.calls("/api/generate").getFirst().body();
    JsonNode chat = ollama.chats().getFirst().body();
    assertThat(load.path("model").asString()).isEqualTo(CODER);
    assertThat(load.at("/options/num_ctx")).isEqualTo(chat.at("/options/num_ctx"));
    assertThat(load.path("keep_alive")).isEqualTo(chat.path("keep_alive"));
    assertThat(ollama.calls("/api/generate")).hasSize(1);
  }

  @Test
  void stop_waitersAreRefusedAndAnswersEnd() throws Exception {
    ollama.next(Script.text("one", "two").slow(Duration.ofMillis(400)));
    CompletableFuture<HttpResponse<String>> running = send("running", "agent");
    awaitRunning();
    CompletableFuture<HttpResponse<String>> waiting = send("waiting", "agent");
    awaitWaiting(1);

    // Not in the common pool, by which HTTP clients complete their calls.
    Thread stopping = Thread.startVirtualThread(server::close);

    HttpResponse<String> refused = waiting.get(10, TimeUnit.SECONDS);
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("retry-after")).isPresent();
    assertThat(refused.body()).contains("server_stopping");
    assertThat(running.get(10, TimeUnit.SECONDS).body()).contains("two");
    stopping.join();
  }

  @Test
  void stop_answerThatTakesTooLong_endsWithAnError() throws Exception {
    Files.writeString(server.root().resolve("config/server.yaml"), "queue: {drain: 1s}\n");
    await(() -> server.getJson("/health").at("/components/config/reloads").asInt() == 1);
    ollama.next(Script.text("one").then(new Script.Step.Hang()));
    TestServer.Streaming running = server.stream(body("running", true));
    running.line();

    Thread stopping = Thread.startVirtualThread(server::close);

    HttpResponse<String> ready = server.get("/health/readiness");
    while (ready.statusCode() == 200) {
      ready = server.get("/health/readiness");
    }
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(server.get("/health").statusCode()).isEqualTo(503);
    assertThat(server.get("/health/liveness").statusCode()).isEqualTo(200);
    assertThat(running.lines()).last().asString().contains("\"error\"", "503");
    stopping.join();
  }

  /// A request that never gets an answer.
  private TestServer.Streaming holdTheSlot() throws Exception {
    ollama.next(Script.of(new Script.Step.Text("…"), new Script.Step.Hang()));
    TestServer.Streaming stream = server.stream(body("first", true));
    awaitRunning();
    return stream;
  }

  private CompletableFuture<HttpResponse<String>> send(String words, String priority) {
    return http.sendAsync(
        HttpRequest.newBuilder(server.uri("/v1/chat/completions"))
            .header("x-priority", priority)
            .POST(HttpRequest.BodyPublishers.ofString(body(words, false)))
            .build(),
        BodyHandlers.ofString());
  }

  private CompletableFuture<HttpResponse<String>> post(String body) {
    return http.sendAsync(
        HttpRequest.newBuilder(server.uri("/v1/chat/completions"))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static String bodyOf(String messages) {
    return "{\"model\":\"cline-memory-router\",\"messages\":[%s]}".formatted(messages);
  }

  private HttpResponse<String> delete(String id) throws Exception {
    return server.send(
        HttpRequest.newBuilder(server.uri("/v1/router/queue/" + id)).DELETE().build());
  }

  private static String body(String words, boolean stream) {
    return "{\"model\":\"qwen2.5-coder\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(stream, words);
  }

  /// The words of all calls in their order.
  private List<String> served() {
    return ollama.chats().stream()
        .map(call -> call.body().path("messages"))
        .map(messages -> messages.path(messages.size() - 1).path("content").asString())
        .map(words -> words.split("\n", 2)[0])
        .toList();
  }

  private JsonNode coder() throws Exception {
    return server.getJson("/v1/router/queue").path("data").values().stream()
        .filter(model -> model.path("model").asString().equals("qwen2.5-coder"))
        .findFirst()
        .orElseThrow();
  }

  private void awaitWaiting(int count) {
    await(() -> coder().path("requests").size() == count);
  }

  private void awaitRunning() {
    await(() -> coder().path("running").asInt() == 1);
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(condition);
  }
}

package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Fault;
import dev.memoryrouter.testing.Script;
import dev.memoryrouter.testing.Script.Step;
import dev.memoryrouter.testing.StreamRules;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What becomes of a request whose call fails: two upstreams, one model on both.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailoverIT {
  private static final String NEVER = "{minimum-calls: 1000}";
  private static final String SOON = "{minimum-calls: 2, open: 1s}";

  private final FakeUpstream ollama = FakeUpstream.start("coder", "small");
  private final FakeUpstream box = FakeUpstream.start();
  private TestServer server;

  @BeforeAll
  void start(@TempDir Path root) throws IOException {
    box.pull(FakeModel.of("coder"));
    box.pull(FakeModel.of("big").withContext(65_536));
    server = start(root, NEVER);
  }

  private TestServer start(Path root, String circuit) throws IOException {
    Path config = Files.createDirectories(root.resolve("config"));
    Files.writeString(
        config.resolve("models.yaml"),
        """
        upstreams:
          ollama: {type: ollama, base-url: "%s", idle-timeout: 500ms, circuit: %s}
          box: {type: openai, base-url: "%s", idle-timeout: 500ms, circuit: %s}
        models:
          qwen2.5-coder: {upstream: [ollama, box], name: coder, context: 16384, tokenizer: qwen}
          qwen3: {upstream: ollama, name: small, context: 8192, tokenizer: qwen}
          llama4: {upstream: box, name: big, context: 65536, capabilities: [tools, vision]}
        """
            .formatted(ollama.ollamaUrl(), circuit, box.openAiUrl(), circuit));
    return TestServer.start(root, ollama.ollamaUrl(), Map.of());
  }

  @BeforeEach
  void heal() {
    ollama.heal();
    box.heal();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            server.getJson("/health").at("/components/upstreams/upstreams").values().stream()
                .allMatch(upstream -> upstream.path("reachable").booleanValue()));
  }

  @AfterAll
  void stop() {
    server.close();
    ollama.close();
    box.close();
  }

  private static String body(boolean stream) {
    return body(stream, "Write a parser");
  }

  private static String body(boolean stream, String words) {
    return "{\"model\":\"qwen2.5-coder\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(stream, words);
  }

  private HttpResponse<String> ask(boolean stream) throws Exception {
    return server.post("/v1/chat/completions", body(stream));
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static JsonNode error(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body()).path("error");
  }

  /// `model@upstream kind` of each call made for an answer.
  private List<String> attempts(HttpResponse<String> answer) throws Exception {
    String id = header(answer, "x-request-id");
    return server.getJson("/v1/router/requests/" + id).path("attempts").values().stream()
        .map(it ->
            it.path("model").asString()
                + "@"
                + it.path("upstream").asString()
                + " "
                + it.path("kind").asString())
        .toList();
  }

  @Test
  void failure_sameModelOnAnotherUpstream_answers() throws Exception {
    ollama.inject("", Fault.SERVER_ERROR, 1);

    HttpResponse<String> answer = ask(true);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "x-router-model")).isEqualTo("qwen2.5-coder");
    assertThat(header(answer, "x-router-upstream")).isEqualTo("box");
    assertThat(header(answer, "x-router-degraded")).isEmpty();
    assertThat(attempts(answer))
        .containsExactly("qwen2.5-coder@ollama server-error", "qwen2.5-coder@box answered");
  }

  @Test
  void failure_modelFailsEverywhere_fallbackAnswers() throws Exception {
    ollama.inject("coder", Fault.UNAVAILABLE, 1);
    box.inject("coder", Fault.ERROR_AT_ONCE, 1);

    HttpResponse<String> answer = ask(true);

    assertThat(header(answer, "x-router-rule")).isEqualTo("fallback");
    assertThat(header(answer, "x-router-degraded")).contains("fallback=qwen2.5-coder-failed");
    assertThat(attempts(answer))
        .startsWith("qwen2.5-coder@ollama busy", "qwen2.5-coder@box server-error")
        .hasSize(3);
  }

  @Test
  void failure_everywhere_namesEachCall() throws Exception {
    ollama.inject(Fault.SERVER_ERROR);
    box.inject(Fault.SERVER_ERROR);

    HttpResponse<String> answer = ask(false);

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(header(answer, "x-should-retry")).isEqualTo("true");
    assertThat(header(answer, "retry-after")).isNotEmpty();
    assertThat(error(answer).path("code").asString()).isEqualTo("upstream_error");
    assertThat(error(answer).path("message").asString())
        .contains(
            "qwen2.5-coder on ollama: server-error",
            "qwen2.5-coder on box: server-error",
            "llama4 on box: server-error",
            "qwen3 on ollama: server-error");
  }

  @Test
  void refused_connection_isNotWaitedFor() throws Exception {
    ollama.inject(Fault.REFUSE);
    long started = System.nanoTime();

    HttpResponse<String> answer = ask(true);

    assertThat(header(answer, "x-router-upstream")).isEqualTo("box");
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
    assertThat(attempts(answer)).last().isEqualTo("qwen2.5-coder@box answered");
  }

  @Test
  void refused_upstreamAlone_otherModelsOfItAreNotTried() throws Exception {
    ollama.inject(Fault.REFUSE);
    box.inject(Fault.SERVER_ERROR);

    assertThat(attempts(ask(true)).stream().filter(it -> it.contains("@ollama")))
        .hasSizeBetween(0, 1);
  }

  @Test
  void empty_once_isAskedForAgain() throws Exception {
    ollama.inject("", Fault.EMPTY, 1);

    assertThat(attempts(ask(true)))
        .containsExactly("qwen2.5-coder@ollama empty", "qwen2.5-coder@ollama answered");
  }

  @Test
  void empty_twice_isAnError() throws Exception {
    ollama.inject("", Fault.EMPTY, 2);

    HttpResponse<String> answer = ask(true);

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(error(answer).path("code").asString()).isEqualTo("empty_response");
    assertThat(attempts(answer)).hasSize(2);
  }

  @Test
  void empty_afterReasoning_streamedEndsWithAnErrorAndWholeIsAskedForAgain() throws Exception {
    ollama.inject("", Fault.REASONING_ONLY, 1);
    HttpResponse<String> streamed = ask(true);
    StreamRules.Streamed stream = StreamRules.chat(streamed.body(), false);
    assertThat(stream.error()).isNotNull();
    assertThat(String.valueOf(stream.error())).contains("502", "only reasoning");

    ollama.inject("", Fault.REASONING_ONLY, 1);
    HttpResponse<String> whole = ask(false);
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(attempts(whole))
        .containsExactly("qwen2.5-coder@ollama empty", "qwen2.5-coder@ollama answered");
  }

  @Test
  void breakOff_wholeAnswer_isReplacedAndStreamedOneIsNot() throws Exception {
    ollama.next(Script.text("Half an ans").then(new Step.Drop()));
    HttpResponse<String> whole = ask(false);
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).contains("I am coder").doesNotContain("Half an ans");
    assertThat(attempts(whole))
        .containsExactly("qwen2.5-coder@ollama broken", "qwen2.5-coder@box answered");

    ollama.next(Script.text("Half an ans").then(new Step.Drop()));
    int before = ollama.chats().size() + box.chats().size();
    assertThat(StreamRules.chat(ask(true).body(), false).error()).isNotNull();
    assertThat(ollama.chats().size() + box.chats().size()).isEqualTo(before + 1);
  }

  @Test
  void rejected_request_isAskedOnce() throws Exception {
    ollama.next(Script.status(400, "{\"error\":\"invalid tool call arguments\"}"));
    int before = ollama.chats().size() + box.chats().size();

    HttpResponse<String> answer = ask(false);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(header(answer, "x-should-retry")).isEqualTo("false");
    assertThat(error(answer).path("message").asString()).contains("'coder'", "'ollama'");
    assertThat(ollama.chats().size() + box.chats().size()).isEqualTo(before + 1);
  }

  @Test
  void rejected_key_anotherUpstreamIsAsked() throws Exception {
    ollama.next(Script.status(401, "{\"error\":\"unauthorized\"}"));

    assertThat(attempts(ask(false)))
        .containsExactly("qwen2.5-coder@ollama rejected", "qwen2.5-coder@box answered");
  }

  @Test
  void incapable_model_anotherModelIsAsked() throws Exception {
    ollama.next(Script.status(400, "{\"error\":\"\\\"coder\\\" does not support tools\"}"));

    assertThat(attempts(ask(false)).getFirst()).isEqualTo("qwen2.5-coder@ollama incapable");
    assertThat(attempts(ask(false))).last().asString().endsWith("answered");
  }

  @Test
  void overflow_saidByTheUpstream_onlyALargerModelIsAsked() throws Exception {
    ollama.next(Script.status(400, "{\"error\":\"the input length exceeds the context length\"}"));

    HttpResponse<String> answer = ask(false);

    assertThat(attempts(answer))
        .containsExactly("qwen2.5-coder@ollama overflow", "llama4@box answered");
  }

  @Test
  void circuit_afterFailures_opensIsToldAndCloses(@TempDir Path root) throws Exception {
    try (TestServer quick = start(root, SOON)) {
      ollama.inject(Fault.SERVER_ERROR);
      box.inject(Fault.SERVER_ERROR);
      quick.post("/v1/chat/completions", body(false));
      int calls = ollama.chats().size() + box.chats().size();

      HttpResponse<String> refused = quick.post("/v1/chat/completions", body(true));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(error(refused).path("code").asString()).isEqualTo("circuit_open");
      assertThat(header(refused, "x-should-retry")).isEqualTo("true");
      assertThat(Integer.parseInt(header(refused, "retry-after"))).isBetween(1, 60);
      assertThat(ollama.chats().size() + box.chats().size()).isEqualTo(calls);
      assertThat(
              quick.postJson("/v1/router/explain", body(false)).path("candidates").values().stream()
                  .map(candidate -> candidate.path("verdict").asString()))
          .contains("circuit-open");
      JsonNode health = quick.getJson("/health").at("/components/upstreams");
      assertThat(health.path("status").asString()).isEqualTo("degraded");
      assertThat(health.at("/upstreams/0/circuit").asString()).isEqualTo("open");
      assertThat(quick.get("/metrics").body())
          .contains("router_upstream_circuit{state=\"open\",upstream=\"ollama\"} 1.0");

      ollama.heal();
      box.heal();
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> quick.post("/v1/chat/completions", body(false)).statusCode() == 200);
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() ->
              quick
                  .getJson("/health")
                  .at("/components/upstreams/upstreams/0/circuit")
                  .asString()
                  .equals("closed"));
    }
  }
}

package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Script;
import dev.memoryrouter.testing.StreamRules;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Chat completions through the whole server with a stand-in for Ollama.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChatIT {
  private static final String QWEN3 = "qwen3:30b-a3b";
  private static final String CODER = "qwen2.5-coder:32b";
  private static final String LLAMA = "llama4:16x17b";

  private final FakeUpstream ollama = FakeUpstream.start();
  private TestServer server;

  @BeforeAll
  void start(@TempDir Path root) throws IOException {
    server = TestServer.start(root, ollama.ollamaUrl(), Map.of());
    server.awaitIndex();
  }

  @BeforeEach
  void pull() {
    ollama.pull(FakeModel.of(QWEN3).withCapabilities("completion", "tools"));
    ollama.pull(FakeModel.of(CODER).withCapabilities("completion", "tools"));
    ollama.pull(FakeModel.of(LLAMA).withCapabilities("completion", "tools", "vision"));
    awaitAvailable(3);
  }

  @AfterAll
  void stop() {
    server.close();
    ollama.close();
  }

  private void awaitAvailable(int models) {
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            server
                    .getJson("/health")
                    .path("components")
                    .path("upstreams")
                    .path("models")
                    .values()
                    .stream()
                    .filter(model -> model.path("state").asString().equals("available"))
                    .count()
                == models);
  }

  @Test
  void chat_stream_isOneWellFormedAnswer() throws Exception {
    ollama.next(Script.text("Hello", " there").counting(1234, 2));
    try (TestServer.Streaming answer =
        server.stream(
            body(
                "Fix the retry loop in the carrier client",
                "\"stream\":true,\"stream_options\":{\"include_usage\":true}"))) {
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("content-type")).startsWith("text/event-stream");
      assertThat(answer.header("x-router-model")).isEqualTo("qwen2.5-coder");
      assertThat(answer.header("x-router-memory")).matches("sections=[1-9].*; bank=default");
      StreamRules.Streamed streamed = StreamRules.chat(answer.body(), true);
      assertThat(streamed.text()).isEqualTo("Hello there");
      assertThat(streamed.finish()).isEqualTo("stop");
      assertThat(streamed.usage()).isNotNull();
      assertThat(streamed.usage().path("prompt_tokens").asInt()).isEqualTo(1234);
      assertThat(streamed.usage().path("total_tokens").asInt()).isEqualTo(1236);
    }
  }

  @Test
  void chat_call_asksOllamaNativelyWithFixedContext() throws Exception {
    server.post("/v1/chat/completions", body("Write a unit test for the parser", ""));

    JsonNode sent = ollama.chats().getLast().body();
    assertThat(sent.path("model").asString()).isEqualTo(CODER);
    assertThat(sent.path("stream").booleanValue()).isTrue();
    assertThat(sent.path("truncate").booleanValue(true)).isFalse();
    assertThat(sent.path("shift").booleanValue(true)).isFalse();
    assertThat(sent.path("keep_alive").asString()).isNotBlank();
    assertThat(sent.at("/options/num_ctx").asInt() % 1024).isZero();
    assertThat(sent.at("/options/num_ctx").asInt()).isPositive();
  }

  @Test
  void chat_memory_followsTheWordsInTheSameMessage() throws Exception {
    HttpResponse<String> answer =
        server.post(
            "/v1/chat/completions", body("How does the carrier client retry after an error?", ""));

    String content = ollama.chats().getLast().body().at("/messages/0/content").asString();
    assertThat(content)
        .startsWith("How does the carrier client retry after an error?\n\n<memory_bank note=")
        .contains("<section file=\"techContext.md\" heading=\"Tech > Retries\">")
        .contains("honours Retry-After")
        .endsWith("</memory_bank>");
    assertThat(answer.headers().firstValue("x-router-memory").orElse("")).startsWith("sections=");
  }

  @Test
  void chat_laterTurn_sendsTheEarlierTurnsBytesAgain() throws Exception {
    String first = "{\"role\":\"user\",\"content\":\"Where do parcel events live in storage?\"}";
    server.post("/v1/chat/completions", bodyOf(first));
    String sentFirst = ollama.chats().getLast().body().at("/messages/0/content").asString();
    server.post(
        "/v1/chat/completions",
        bodyOf(
            first
                + ",{\"role\":\"assistant\",\"content\":\"In PostgreSQL.\"},{\"role\":\"user\",\"content\":\"And who is warned about late parcels?\"}"));

    JsonNode messages = ollama.chats().getLast().body().path("messages");
    assertThat(messages.get(0).path("content").asString()).isEqualTo(sentFirst);
    assertThat(messages.get(1).path("content").asString()).isEqualTo("In PostgreSQL.");
  }

  @Test
  void chat_toolLoop_keepsItsModelWhateverTheWordsOfTools() throws Exception {
    String tools =
        "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"read\",\"parameters\":{\"type\":\"object\",\"properties\":{}}}}]";
    String human =
        "{\"role\":\"user\",\"content\":\"Rename the class Parcel to Shipment everywhere\"}";
    ollama.next(Script.tool("read", "{\"path\":\"a\"}"));
    HttpResponse<String> first =
        server.post(
            "/v1/chat/completions",
            "{\"model\":\"cline-memory-router\",%s,\"messages\":[%s]}".formatted(tools, human));
    JsonNode call =
        JsonMapper.shared().readTree(first.body()).at("/choices/0/message/tool_calls/0");
    assertThat(call.at("/function/name").asString()).isEqualTo("read");
    assertThat(JsonMapper.shared().readTree(first.body()).at("/choices/0/finish_reason").asString())
        .isEqualTo("tool_calls");
    String model = first.headers().firstValue("x-router-model").orElse("");

    HttpResponse<String> second =
        server.post(
            "/v1/chat/completions",
            "{\"model\":\"cline-memory-router\",%s,\"messages\":[%s,{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[%s]},{\"role\":\"tool\",\"tool_call_id\":\"%s\",\"content\":\"Analyse the architecture of everything and read the memory bank\"}]}"
                .formatted(tools, human, call, call.path("id").asString()));
    assertThat(second.headers().firstValue("x-router-model").orElse("")).isEqualTo(model);
    assertThat(second.headers().firstValue("x-router-rule").orElse("")).isEqualTo("sticky");
  }

  @Test
  void chat_image_goesToTheModelThatSees() throws Exception {
    HttpResponse<String> answer =
        server.post(
            "/v1/chat/completions",
            bodyOf(
                "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"What is on this picture?\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,iVBORw0KGgo=\"}}]}"));

    assertThat(answer.headers().firstValue("x-router-model")).hasValue("llama4");
    assertThat(answer.headers().firstValue("x-router-rule")).hasValue("images");
    assertThat(ollama.chats().getLast().body().at("/messages/0/images/0").asString())
        .isEqualTo("iVBORw0KGgo=");
  }

  @Test
  void chat_oneModelPulled_answersEveryPlainRequest() throws Exception {
    ollama.remove(CODER);
    ollama.remove(LLAMA);
    awaitAvailable(1);
    for (String words :
        List.of(
            "Fix the bug in Parser.java",
            "Review the whole architecture for risks",
            "What did we decide about storage?")) {
      HttpResponse<String> answer = server.post("/v1/chat/completions", body(words, ""));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("x-router-model")).hasValue("qwen3");
    }
  }

  @Test
  void chat_failureBeforeTheFirstPayload_movesToTheNextModel() throws Exception {
    ollama.next(Script.status(500, "{\"error\":\"llama runner process has terminated\"}"));
    HttpResponse<String> answer =
        server.post("/v1/chat/completions", body("Implement the export of parcels as CSV", ""));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("x-router-rule")).hasValue("fallback");
    assertThat(answer.headers().firstValue("x-router-degraded").orElse(""))
        .contains("fallback=qwen2.5-coder-failed");
    JsonNode record =
        server.getJson(
            "/v1/router/requests/" + answer.headers().firstValue("x-request-id").orElse(""));
    assertThat(record.path("attempts")).hasSize(2);
    assertThat(record.at("/attempts/1/result").asString()).isEqualTo("answered");
    assertThat(record.path("outcome").asString()).isEqualTo("answered");
  }

  @Test
  void chat_toolCallPrintedAsText_isRepairedAndTold() throws Exception {
    ollama.next(
        Script.text("```json\n{\"name\":\"read_file\",", "\"arguments\":{\"path\":\"a\"}}\n```"));
    HttpResponse<String> answer =
        server.post(
            "/v1/chat/completions",
            body(
                "Implement the reader of parcels",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"read_file\"}}]"));

    JsonNode choice = JsonMapper.shared().readTree(answer.body()).at("/choices/0");
    assertThat(choice.at("/message/tool_calls/0/function/arguments").asString())
        .isEqualTo("{\"path\":\"a\"}");
    assertThat(choice.path("finish_reason").asString()).isEqualTo("tool_calls");
    JsonNode record =
        server.getJson(
            "/v1/router/requests/" + answer.headers().firstValue("x-request-id").orElse(""));
    assertThat(record.at("/corrections/0").asString()).isEqualTo("repaired-tool-calls");
  }

  @Test
  void requests_afterTwoChats_listsTheNewestFirst() throws Exception {
    String older = id(server.post("/v1/chat/completions", body("Implement the reader", "")));
    String newer = id(server.post("/v1/chat/completions", body("Implement the writer", "")));

    JsonNode list = server.getJson("/v1/router/requests");
    assertThat(list.path("object").asString()).isEqualTo("list");
    assertThat(list.at("/data/0/id").asString()).isEqualTo(newer);
    assertThat(list.at("/data/1/id").asString()).isEqualTo(older);
    assertThat(list.at("/data/0/outcome").asString()).isEqualTo("answered");
  }

  @Test
  void chat_streamBreaksOff_endsWithAnErrorEventAndNoDone() throws Exception {
    ollama.next(Script.text("Half an ans").then(new Script.Step.Drop()));
    try (TestServer.Streaming answer =
        server.stream(body("Refactor the writer", "\"stream\":true"))) {
      JsonNode error = StreamRules.chat(answer.body(), false).error();
      assertThat(error).isNotNull();
      assertThat(error.path("code").asInt()).isEqualTo(502);
    }
  }

  @Test
  void chat_tooLong_isRefusedInWordsThatAgentsKnow() throws Exception {
    String words = "word ".repeat(60_000);
    ollama.remove(LLAMA);
    awaitAvailable(2);
    HttpResponse<String> answer = server.post("/v1/chat/completions", body(words, ""));

    JsonNode error = JsonMapper.shared().readTree(answer.body()).path("error");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(error.path("code").asString()).isEqualTo("context_length_exceeded");
    assertThat(error.path("message").asString())
        .startsWith("This model's maximum context length is ");
    assertThat(answer.headers().firstValue("x-should-retry")).hasValue("false");
  }

  @Test
  void chat_clientLeavesMidStream_upstreamCallEnds() throws Exception {
    ollama.next(Script.text("a").then(new Script.Step.Hang()));
    int before = ollama.closedByClient();
    TestServer.Streaming answer = server.stream(body("Write a parser", "\"stream\":true"));
    assertThat(answer.line()).contains("\"content\":\"a\"");
    answer.close();

    ollama.await(
        Duration.ofSeconds(5),
        "the call to end",
        () -> ollama.closedByClient() > before && ollama.openCalls() == 0);
    awaitNothingRunning();
  }

  @Test
  void chat_clientLeavesBeforeTheFirstByte_upstreamCallEnds() throws Exception {
    ollama.next(Script.silent());
    int before = ollama.closedByClient();
    try (java.net.Socket client =
        new java.net.Socket(
            java.net.InetAddress.getLoopbackAddress(), URI.create(server.url()).getPort())) {
      String body = body("Write a lexer", "\"stream\":true");
      client
          .getOutputStream()
          .write(
              "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
                  .formatted(body.length(), body)
                  .getBytes(java.nio.charset.StandardCharsets.UTF_8));
      client.getOutputStream().flush();
      ollama.await(Duration.ofSeconds(5), "the call to arrive", () -> ollama.openCalls() == 1);
    }

    ollama.await(
        Duration.ofSeconds(5),
        "the call to end",
        () -> ollama.closedByClient() > before && ollama.openCalls() == 0);
    awaitNothingRunning();
  }

  @Test
  void chat_slowModel_keepsTheConnectionAliveWithComments(@TempDir Path root) throws Exception {
    try (TestServer quick =
        TestServer.start(
            withSettings(root, "{status-hold: 100ms, keep-alive: 100ms}"),
            ollama.ollamaUrl(),
            Map.of())) {
      ollama.next(Script.text("late").after(Duration.ofMillis(800)));
      try (TestServer.Streaming answer = quick.stream(body("Write a scanner", "\"stream\":true"))) {
        assertThat(answer.status()).isEqualTo(200);
        List<String> lines = answer.lines();
        assertThat(lines.getFirst()).isEqualTo(": keep-alive");
        assertThat(lines).last().isEqualTo("data: [DONE]");
      }
      ollama.next(Script.status(500, "{\"error\":\"x\"}").after(Duration.ofMillis(400)));
      ollama.remove(QWEN3);
      try (TestServer.Streaming answer = quick.stream(body("Write a scanner", "\"stream\":true"))) {
        assertThat(answer.lines())
            .anyMatch(line -> line.startsWith(": router model=") && line.contains("attempts=2"));
      }
    }
  }

  private static Path withSettings(Path root, String http) throws IOException {
    Path config = root.resolve("config");
    java.nio.file.Files.createDirectories(config);
    java.nio.file.Files.writeString(config.resolve("server.yaml"), "http: " + http + "\n");
    return root;
  }

  private void awaitNothingRunning() {
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> server.getJson("/health").at("/components/queue/running").asInt() == 0);
  }

  private static String id(HttpResponse<?> answer) {
    return answer.headers().firstValue("x-request-id").orElseThrow();
  }

  private static String body(String words, String more) {
    String rest = more.isEmpty() ? "" : more + ",";
    return "{\"model\":\"cline-memory-router\",%s\"messages\":[{\"role\":\"user\",\"content\":%s}]}"
        .formatted(rest, JsonMapper.shared().writeValueAsString(words));
  }

  private static String bodyOf(String messages) {
    return "{\"model\":\"cline-memory-router\",\"messages\":[%s]}".formatted(messages);
  }
}

package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Script;
import dev.memoryrouter.testing.Script.Step;
import dev.memoryrouter.testing.StreamRules;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The four limits of a request, streamed and whole: to connect, to the first byte, between bytes,
/// and for all of it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TimeoutsIT {
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final Duration START = Duration.ofSeconds(30);
  private static final String MODELS =
      """
      upstreams:
        ollama:
          type: ollama
          base-url: "${OLLAMA_BASE_URL}"
          connect-timeout: 300ms
          first-byte-timeout: 700ms
          idle-timeout: 500ms
          circuit: {minimum-calls: 1000}
      models:
        qwen3: {upstream: ollama, name: m, context: 16384, tokenizer: qwen}
      """;

  private static final String TOOL =
      "{\"type\":\"function\",\"function\":{\"name\":\"read_file\",\"parameters\":{\"type\":\"object\"}}}";

  private final FakeUpstream fake = FakeUpstream.start("m");
  private TestServer server;

  @BeforeAll
  void start(@TempDir Path root) throws Exception {
    fake.answerBy(TimeoutsIT::asAsked);
    Path config = Files.createDirectories(root.resolve("config"));
    Files.writeString(config.resolve("models.yaml"), MODELS);
    Files.writeString(config.resolve("routing.yaml"), "default: qwen3\n");
    server = TestServer.start(root, fake.ollamaUrl(), Map.of("REQUEST_TIMEOUT_SECONDS", "3"));
    server.awaitIndex();
  }

  /// The model is there, and whatever is made at the first request is made.
  @BeforeEach
  void awaitAnswer() {
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .atMost(START)
        .until(() -> ask("nothing", false).body().contains("\"done\""));
  }

  /// What to do is in the request: one that goes astray spoils no other test.
  private static Script asAsked(JsonNode body) {
    String words = body.at("/messages/0/content").asString();
    if (words.contains("silence")) {
      return Script.silent();
    }
    if (words.contains("pause")) {
      return Script.text("one").then(new Step.Hang());
    }
    return words.contains("endless") ? endless() : Script.text("done");
  }

  private static Script endless() {
    return Script.of(
            IntStream.range(0, 1_000)
                .mapToObj(i -> new Step.Text(" word" + i))
                .toArray(Step[]::new))
        .slow(Duration.ofMillis(20));
  }

  @AfterEach
  void nothingIsLeft() {
    fake.await(LIMIT, "no call", () -> fake.openCalls() == 0);
    server.awaitSlots(LIMIT, TestServer.Slots.FREE);
    fake.heal();
  }

  @AfterAll
  void stop() {
    server.close();
    fake.close();
  }

  private HttpResponse<String> ask(String words, boolean stream) throws Exception {
    return server.post("/v1/chat/completions", body(words, stream));
  }

  private static String body(String words, boolean stream) {
    return "{\"model\":\"qwen3\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(stream, words);
  }

  private static JsonNode error(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body()).path("error");
  }

  private static void assertTimeout(HttpResponse<String> answer, String code, String... words) {
    assertThat(answer.statusCode()).isEqualTo(504);
    assertThat(answer.headers().firstValue("x-should-retry")).hasValue("false");
    assertThat(error(answer).path("code").asString()).isEqualTo(code);
    assertThat(error(answer).path("message").asString()).contains(words);
  }

  private static void assertTimeoutInStream(HttpResponse<String> answer, String... words) {
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode error = StreamRules.chat(answer.body(), false).error();
    assertThat(error).isNotNull();
    assertThat(error.path("code").intValue()).isEqualTo(504);
    assertThat(error.path("message").asString()).contains(words);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void connect_nobodyAccepts_isWithoutModel(boolean stream) throws Exception {
    fake.deafen();

    // Whoever offers tools is not served with what the memory says alone.
    HttpResponse<String> answer =
        server.post(
            "/v1/chat/completions",
            body("nothing", stream).replaceFirst("\\{", "{\"tools\":[" + TOOL + "],"));

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(error(answer).path("code").asString()).isEqualTo("no_model_available");
    assertThat(error(answer).path("message").asString()).contains("qwen3", "ollama");
    Awaitility.await()
        .atMost(START)
        .untilAsserted(() ->
            assertThat(problem())
                .contains("'ollama'", "did not accept a connection within 300 ms"));
  }

  private String problem() throws Exception {
    return server.getJson("/health").at("/components/upstreams/upstreams/0/problem").asString("");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void firstByte_silence_isATimeout(boolean stream) throws Exception {
    assertTimeout(
        ask("silence", stream),
        "upstream_timeout",
        "'m'",
        "'ollama'",
        "0.7 s (first-byte-timeout)");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void idle_silenceMidAnswer_isATimeout(boolean stream) throws Exception {
    HttpResponse<String> answer = ask("pause", stream);

    String[] words = {"'m'", "'ollama'", "0.5 s (idle-timeout)"};
    if (stream) {
      assertTimeoutInStream(answer, words);
    } else {
      assertTimeout(answer, "upstream_timeout", words);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void total_waitBehindAnother_counts(boolean stream) throws Exception {
    try (RawClient first =
        RawClient.post(server.uri("/v1/chat/completions"), body("endless", true))) {
      first.until("word0");

      assertTimeout(ask("silence", stream), "request_timeout", "3 seconds", "http.request-timeout");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void total_answerWithoutEnd_isCut(boolean stream) throws Exception {
    HttpResponse<String> answer = ask("endless", stream);

    if (stream) {
      assertTimeoutInStream(answer, "3 seconds", "http.request-timeout");
    } else {
      assertTimeout(answer, "request_timeout", "3 seconds", "http.request-timeout");
    }
  }
}

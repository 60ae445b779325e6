package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every endpoint but chat, and how errors look.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpContractIT {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final FakeUpstream ollama = FakeUpstream.start();
  private TestServer server;

  @BeforeAll
  void start(@TempDir Path root) throws IOException {
    ollama.pull(FakeModel.of("qwen3:30b-a3b").withCapabilities("completion", "tools"));
    Path config = Files.createDirectories(root.resolve("config"));
    Files.writeString(config.resolve("server.yaml"), "http: {body-limit: 1MB}\n");
    server = TestServer.start(root, ollama.ollamaUrl(), Map.of());
    server.awaitIndex();
  }

  @AfterAll
  void stop() {
    server.close();
    ollama.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /nowhere, 404, unknown_path",
    "GET, /v1/chat/completions, 405, method_not_allowed",
    "DELETE, /v1/models, 405, method_not_allowed",
    "GET, /v1/router/requests/none, 404, request_not_found",
    "GET, /v1/models/nothing, 404, model_not_found",
    "GET, /v1/memory/search, 400,",
    "GET, /v1/memory/search?query=%20, 400,",
    "GET, /v1/memory/search?query=x&bank=none, 404, bank_not_found",
    "GET, /v1/memory/search?query=x&limit=0, 400,",
    "GET, /v1/memory/search?query=x&limit=101, 400,",
    "GET, /v1/memory/search?query=x&limit=two, 400,"
  })
  void errors_haveOpenAisForm(String method, String path, int status, String code)
      throws Exception {
    HttpResponse<String> answer =
        server.send(
            HttpRequest.newBuilder(server.uri(path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build());

    assertThat(answer.statusCode()).isEqualTo(status);
    assertError(answer, code);
  }

  private static void assertError(HttpResponse<String> answer, String code) {
    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .startsWith("application/json");
    assertThat(answer.headers().firstValue("x-request-id").orElse("")).startsWith("req_");
    JsonNode error = JSON.readTree(answer.body()).path("error");
    assertThat(error.propertyNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
    assertThat(error.path("message").asString()).isNotBlank();
    assertThat(error.path("code").asString(null)).isEqualTo(code);
  }

  @Test
  void body_overTheLimit_is413() throws Exception {
    HttpResponse<String> answer = server.post("/v1/chat/completions", "x".repeat(1_200_000));

    assertThat(answer.statusCode()).isEqualTo(413);
    assertError(answer, "body_too_large");
    assertThat(answer.body()).contains("http.body-limit");
    assertThat(server.get("/health/liveness").statusCode()).isEqualTo(200);
  }

  @Test
  void body_chunkedOverTheLimit_is413() throws Exception {
    HttpResponse<String> answer =
        server.send(
            HttpRequest.newBuilder(server.uri("/v1/chat/completions"))
                .POST(
                    HttpRequest.BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(new byte[3_000_000])))
                .build());

    assertThat(answer.statusCode()).isEqualTo(413);
    assertError(answer, "body_too_large");
  }

  @Test
  void accept_ofOtherTypes_doesNotMatter() throws Exception {
    HttpResponse<String> answer =
        server.send(
            HttpRequest.newBuilder(server.uri("/v1/models"))
                .header("Accept", "text/plain")
                .build());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .startsWith("application/json");
  }

  @Test
  void explain_conversationsWithOneSystemPrompt_areToldApart() throws Exception {
    String body =
        "{\"model\":\"qwen3\",\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"%s\"}]}";
    JsonNode one =
        server.postJson("/v1/router/explain", body.formatted("one")).path("conversation");
    JsonNode two =
        server.postJson("/v1/router/explain", body.formatted("two")).path("conversation");
    assertThat(one.asString()).isNotEqualTo(two.asString());
  }

  @Test
  void unknownModel_listsTheNames() throws Exception {
    HttpResponse<String> answer =
        server.post(
            "/v1/chat/completions",
            "{\"model\":\"gpt-9\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertError(answer, "model_not_found");
    assertThat(answer.body()).contains("cline-memory-router").contains("qwen3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"//v1/chat/completions", "/chat/completions", "/v1/chat/completions"})
  void chatPaths_withTheSlashesClientsSend_areServed(String path) throws Exception {
    String body = "{\"model\":\"qwen3\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    assertThat(raw("POST", path, "localhost", "", body)).startsWith("HTTP/1.1 200");
  }

  @Test
  void foreignHostOrOrigin_isRefused() throws Exception {
    assertThat(raw("GET", "/health", "evil.example", "", "")).startsWith("HTTP/1.1 403");
    assertThat(raw("GET", "/health", "localhost", "Origin: https://evil.example\r\n", ""))
        .startsWith("HTTP/1.1 403")
        .contains("foreign_origin");
    assertThat(raw("GET", "/health", "localhost", "Origin: http://localhost:3000\r\n", ""))
        .startsWith("HTTP/1.1 200");
  }

  /// Java's client would not send such paths and hosts.
  private String raw(String method, String path, String host, String headers, String body)
      throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), URI.create(server.url()).getPort())) {
      String request =
          "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n%s"
              .formatted(method, path, host, headers, body.length(), body);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void keys_areAskedForEverywhereButAtLiveness(@TempDir Path root) throws Exception {
    try (TestServer locked =
        TestServer.start(root, ollama.ollamaUrl(), Map.of("ROUTER_API_KEYS", "one,two"))) {
      assertThat(locked.get("/health/liveness").statusCode()).isEqualTo(200);
      HttpResponse<String> refused = locked.get("/v1/models");
      assertThat(refused.statusCode()).isEqualTo(401);
      assertError(refused, "invalid_api_key");
      assertThat(locked.get("/nowhere").statusCode()).isEqualTo(401);
      assertThat(withKey(locked, "Bearer two").statusCode()).isEqualTo(200);
      assertThat(withKey(locked, "Bearer three").statusCode()).isEqualTo(401);
    }
  }

  private static HttpResponse<String> withKey(TestServer locked, String value) throws Exception {
    return locked.send(
        HttpRequest.newBuilder(locked.uri("/v1/models")).header("Authorization", value).build());
  }

  @Test
  void models_areListedUnderAllTheirNames() throws Exception {
    JsonNode list = server.getJson("/v1/models");
    assertThat(list.path("object").asString()).isEqualTo("list");
    assertThat(list.path("data").values())
        .extracting(model -> model.path("id").asString())
        .contains("cline-memory-router", "cline-memory-router/default", "qwen3", "qwen3:30b-a3b");
    list.path("data")
        .forEach(model -> assertThat(model.path("context_length").asInt()).isPositive());
    assertThat(server.getJson("/v1/models/cline-memory-router%2Fdefault").path("id").asString())
        .isEqualTo("cline-memory-router/default");
    assertThat(server.getJson("/v1/models/cline-memory-router/default").path("id").asString())
        .isEqualTo("cline-memory-router/default");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/model/info", "/model/info"})
  void modelInfo_tellsTheWindowInLiteLlmsForm(String path) throws Exception {
    JsonNode alias = server.getJson(path).path("data").get(0);
    assertThat(alias.path("model_name").asString()).isEqualTo("cline-memory-router");
    JsonNode info = alias.path("model_info");
    assertThat(info.path("max_input_tokens").asInt()).isPositive();
    assertThat(info.path("max_output_tokens").asInt()).isPositive();
    assertThat(info.path("supports_prompt_caching").booleanValue(true)).isFalse();
  }

  @Test
  void embeddings_floatAndBase64_areTheSameUnitVector() throws Exception {
    JsonNode floats =
        server.postJson(
            "/v1/embeddings", "{\"model\":\"all-minilm-l6-v2\",\"input\":[\"a parcel\",\"b\"]}");
    JsonNode coded =
        server.postJson(
            "/v1/embeddings",
            "{\"model\":\"all-minilm-l6-v2\",\"input\":\"a parcel\",\"encoding_format\":\"base64\"}");
    assertThat(floats.path("data")).hasSize(2);
    JsonNode vector = floats.at("/data/0/embedding");
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(coded.at("/data/0/embedding").asString()))
            .order(ByteOrder.LITTLE_ENDIAN);
    double square = 0;
    for (JsonNode number : vector) {
      assertThat(bytes.getFloat()).isEqualTo(number.floatValue());
      square += number.doubleValue() * number.doubleValue();
    }
    assertThat(bytes.remaining()).isZero();
    assertThat(square).isBetween(0.999, 1.001);
    assertThat(floats.at("/usage/prompt_tokens").asInt()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"model\":\"text-embedding-3-small\",\"input\":\"x\"}|404|model",
        "{\"model\":\"all-minilm-l6-v2\",\"input\":\"x\",\"dimensions\":256}|400|dimensions",
        "{\"model\":\"all-minilm-l6-v2\",\"input\":[]}|400|input",
        "{\"model\":\"all-minilm-l6-v2\",\"input\":[1,2]}|400|input[0]",
        "{\"model\":\"all-minilm-l6-v2\",\"input\":\"x\",\"encoding_format\":\"hex\"}|400|encoding_format",
        "{\"input\":\"x\"}|400|model"
      })
  void embeddings_whatCannotBeDone_isSaid(String body, int status, String param) throws Exception {
    HttpResponse<String> answer = server.post("/v1/embeddings", body);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(JSON.readTree(answer.body()).at("/error/param").asString()).isEqualTo(param);
  }

  @Test
  void memorySearch_givesHitsWithTheirPlace() throws Exception {
    JsonNode found = server.getJson("/v1/memory/search?query=retry%20after%20jitter&limit=3");
    assertThat(found.path("object").asString()).isEqualTo("list");
    assertThat(found.path("query").asString()).isEqualTo("retry after jitter");
    assertThat(found.path("bank").asString()).isEqualTo("default");
    JsonNode hit = found.path("hits").get(0);
    assertThat(hit.propertyNames())
        .containsExactlyInAnyOrder(
            "bank",
            "file",
            "heading",
            "heading_path",
            "start_line",
            "end_line",
            "score",
            "tokens",
            "text");
    assertThat(hit.path("file").asString()).isEqualTo("techContext.md");
    assertThat(hit.path("heading").asString()).isEqualTo("Retries");
    assertThat(hit.path("start_line").asInt()).isBetween(3, 5);
    assertThat(found.path("took_ms").isNumber()).isTrue();
  }

  @Test
  void banks_andReindex_giveTheirFigures() throws Exception {
    JsonNode report = server.postJson("/v1/memory/reindex", "").path("banks").get(0);
    assertThat(report.propertyNames())
        .containsExactlyInAnyOrder(
            "bank",
            "files",
            "sections",
            "chunks",
            "embedded",
            "reused",
            "deleted",
            "skipped",
            "seconds");
    assertThat(report.path("files").asInt()).isEqualTo(2);
    assertThat(report.path("embedded").asInt()).isZero();

    JsonNode bank = server.getJson("/v1/memory/banks").path("data").get(0);
    assertThat(bank.path("name").asString()).isEqualTo("default");
    assertThat(bank.path("default").booleanValue()).isTrue();
    assertThat(bank.path("files").asInt()).isEqualTo(2);
    assertThat(bank.path("last_indexed").asString()).isNotBlank();
    assertThat(server.post("/v1/memory/reindex", "{\"bank\":\"none\"}").statusCode())
        .isEqualTo(404);
    assertThat(server.post("/v1/memory/reindex", "{\"full\":\"yes\"}").statusCode()).isEqualTo(400);
  }

  @Test
  void explain_saysWhyAndCallsNoModel() throws Exception {
    int before = ollama.chats().size();
    JsonNode why =
        server.postJson(
            "/v1/router/explain",
            "{\"model\":\"cline-memory-router\",\"messages\":[{\"role\":\"user\",\"content\":\"Fix the retry bug\"}]}");
    assertThat(ollama.chats()).hasSize(before);
    assertThat(why.propertyNames())
        .contains(
            "model",
            "upstream",
            "upstream_model",
            "rule",
            "intent",
            "turn",
            "client",
            "mode",
            "bank",
            "conversation",
            "tokens",
            "memory",
            "candidates",
            "trace");
    assertThat(why.path("model").asString()).isEqualTo("qwen3");
    assertThat(why.path("rule").asString()).isEqualTo("fallback");
    assertThat(why.path("turn").asString()).isEqualTo("first");
    assertThat(why.at("/tokens/prompt").asInt()).isPositive();
    assertThat(why.path("candidates").values())
        .anyMatch(it -> it.path("verdict").asString().equals("not-pulled"));
    assertThat(why.path("memory").values())
        .allMatch(it -> it.path("state").asString().equals("injected"));
    assertThat(why.path("trace").values())
        .anyMatch(it -> it.path("rule").asString("").equals("images"));
  }

  @Test
  void health_listsTheComponents() throws Exception {
    JsonNode health = server.getJson("/health");
    assertThat(health.path("status").asString()).isEqualTo("healthy");
    assertThat(health.path("version").asString()).isNotBlank();
    assertThat(health.path("components").propertyNames())
        .containsExactly(
            "memory_bank", "embedding", "vector_store", "upstreams", "config", "queue");
    assertThat(health.at("/components/memory_bank/embedded_share").asDouble()).isEqualTo(1);
    assertThat(server.get("/health/readiness").statusCode()).isEqualTo(200);
  }

  @Test
  void openApi_describesEveryEndpointAndResolves() throws Exception {
    String yaml = server.get("/openapi.yml").body();
    Map<String, Object> document =
        new org.yaml.snakeyaml.Yaml(
                new org.yaml.snakeyaml.constructor.SafeConstructor(
                    new org.yaml.snakeyaml.LoaderOptions()))
            .load(yaml);
    JsonNode json = JSON.valueToTree(document);
    assertThat(json.path("paths").propertyNames())
        .contains(
            "/v1/chat/completions",
            "/chat/completions",
            "/v1/models",
            "/v1/models/{id}",
            "/v1/model/info",
            "/model/info",
            "/v1/completions",
            "/v1/embeddings",
            "/v1/router/explain",
            "/v1/router/requests",
            "/v1/router/requests/{id}",
            "/v1/memory/search",
            "/v1/memory/banks",
            "/v1/memory/reindex",
            "/health",
            "/health/liveness",
            "/health/readiness",
            "/metrics",
            "/openapi.yml");
    for (JsonNode reference : json.findValues("$ref")) {
      String pointer = reference.asString().substring(1);
      assertThat(json.at(pointer).isObject()).as(pointer).isTrue();
    }
    assertThat(json.at("/paths/~1v1~1memory~1search/get/parameters")).hasSize(3);
  }

  @Test
  void metrics_countChats() throws Exception {
    server.post(
        "/v1/chat/completions",
        "{\"model\":\"qwen3\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    HttpResponse<String> metrics = server.get("/metrics");
    assertThat(metrics.headers().firstValue("content-type").orElse("")).startsWith("text/plain");
    assertThat(metrics.body()).contains("router_chat_requests_total{model=\"qwen3\"");
  }
}

package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Script;
import dev.memoryrouter.testing.StreamRules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTP as seldom clients speak it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpCornersIT {
  private static final String CHAT = "POST /v1/chat/completions HTTP/1.1";
  private static final String BODY =
      "{\"model\":\"qwen3\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
  private static final String STREAMED = BODY.replaceFirst("\\{", "{\"stream\":true,");
  private static final String CLOSE = "Connection: close\r\n";

  private final FakeUpstream ollama = FakeUpstream.start();
  private TestServer server;

  @BeforeAll
  void start(@TempDir Path root) throws IOException {
    ollama.pull(FakeModel.of("qwen3:30b-a3b").withCapabilities("completion", "tools"));
    server = TestServer.start(root, ollama.ollamaUrl(), Map.of());
    server.awaitIndex();
  }

  @AfterAll
  void stop() {
    server.close();
    ollama.close();
  }

  private String exchange(String request) throws IOException {
    try (var connection = new RawConnection(server)) {
      connection.send(request);
      return connection.readAll();
    }
  }

  @Test
  void http10_stream_endsWithItsConnectionAndHasNoChunks() throws Exception {
    String answer =
        exchange(RawConnection.request("POST /v1/chat/completions HTTP/1.0", "", STREAMED));

    assertThat(answer).startsWith("HTTP/1.0 200").doesNotContainIgnoringCase("transfer-encoding");
    StreamRules.Streamed streamed =
        StreamRules.chat(answer.substring(answer.indexOf("\r\n\r\n") + 4), false);
    assertThat(streamed.finish()).isEqualTo("stop");
  }

  @Test
  void http10_wholeAnswer_hasItsLength() throws Exception {
    String answer = exchange(RawConnection.request("POST /v1/chat/completions HTTP/1.0", "", BODY));

    assertThat(answer)
        .startsWith("HTTP/1.0 200")
        .containsIgnoringCase("content-length:")
        .doesNotContainIgnoringCase("transfer-encoding")
        .endsWith("}");
  }

  @Test
  void longAddress_is414() throws Exception {
    assertThat(exchange(get("/v1/memory/search?query=" + "a".repeat(20_000), "")))
        .contains(" 414 ", "\"uri_too_long\"", "x-request-id: req_");
    assertThat(exchange(get("/v1/memory/search?query=" + "a".repeat(9_000), CLOSE)))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void largeHeaders_are431() throws Exception {
    assertThat(exchange(get("/health", "X-Large: " + "a".repeat(20_000) + "\r\n")))
        .contains(" 431 ", "\"headers_too_large\"");
  }

  @Test
  void noHttp_is400() throws Exception {
    assertThat(exchange("nonsense\r\n\r\n")).contains(" 400 ", "\"not_http\"");
  }

  private static String get(String path, String headers) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n".formatted(path, headers);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/models, 200",
    "/v1/chat/completions, 405",
    "/nowhere, 404",
  })
  void head_isAnsweredWithoutABody(String path, int status) throws Exception {
    String answer =
        exchange("HEAD %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n".formatted(path, CLOSE));

    assertThat(answer).startsWith("HTTP/1.1 " + status).endsWith("\r\n\r\n");
  }

  @Test
  void wrongMethod_namesTheRightOnes() throws Exception {
    HttpResponse<String> answer = server.get("/v1/chat/completions");

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).hasValue("POST");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json|200",
        "Application/JSON; charset=utf-8|200",
        "application/vnd.api+json|200",
        "application/x-www-form-urlencoded|200",
        "text/plain|415",
        "application/xml|415",
        "multipart/form-data; boundary=x|415",
        "garbage|415"
      })
  void contentType_otherThanJson_is415(String type, int status) throws Exception {
    String answer =
        exchange(
            RawConnection.request(
                "POST /v1/router/explain HTTP/1.1",
                CLOSE + "Content-Type: " + type + "\r\n",
                BODY));

    assertThat(answer).startsWith("HTTP/1.1 " + status);
    if (status == 415) {
      assertThat(answer).contains("\"unsupported_media_type\"", "Content-Type: application/json");
    }
  }

  @Test
  void contentEncoding_gzipIsReadAndOthersAreRefused() throws Exception {
    HttpResponse<String> read = server.send(encoded("gzip", gzip(BODY)));
    assertThat(read.statusCode()).isEqualTo(200);
    HttpResponse<String> broken =
        server.send(encoded("gzip", BODY.getBytes(StandardCharsets.UTF_8)));
    assertThat(broken.statusCode()).isEqualTo(400);
    assertThat(broken.body()).contains("Content-Encoding");
    HttpResponse<String> unknown = server.send(encoded("br", gzip(BODY)));
    assertThat(unknown.statusCode()).isEqualTo(415);
    assertThat(unknown.body()).contains("gzip or deflate");
  }

  @Test
  void contentEncoding_aBombIsCutAtTheBodyLimit() throws Exception {
    HttpResponse<String> answer = server.send(encoded("gzip", gzip(" ".repeat(70 << 20))));

    assertThat(answer.statusCode()).isEqualTo(413);
  }

  private HttpRequest encoded(String encoding, byte[] body) {
    return HttpRequest.newBuilder(server.uri("/v1/router/explain"))
        .header("Content-Type", "application/json")
        .header("Content-Encoding", encoding)
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  private static byte[] gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void largeBody_withinTheLimit_isRead() throws Exception {
    String large = BODY.replaceFirst("\\{", "{\"padding\":\"" + "a".repeat(20 << 20) + "\",");

    assertThat(server.post("/v1/router/explain", large).statusCode()).isEqualTo(200);
  }

  @Test
  void expectContinue_isToldToGoOn() throws Exception {
    try (var connection = new RawConnection(server)) {
      String request = RawConnection.request(CHAT, "Expect: 100-continue\r\n" + CLOSE, BODY);
      int head = request.indexOf("\r\n\r\n") + 4;
      connection.send(request.substring(0, head));
      connection.readTo("HTTP/1.1 100 Continue\r\n\r\n");
      connection.send(request.substring(head));
      assertThat(connection.readAll()).contains("HTTP/1.1 200 OK", "\"finish_reason\":\"stop\"");
    }
  }

  @Test
  void accept_ofAStream_changesNothing() throws Exception {
    String answer =
        exchange(RawConnection.request(CHAT, CLOSE + "Accept: text/event-stream\r\n", BODY));

    assertThat(answer).startsWith("HTTP/1.1 200").contains("content-type: application/json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/chat/completions",
        "/v1/completions",
        "/v1/embeddings",
        "/v1/models",
        "/v1/models/qwen3"
      })
  void openAiPaths_areServedAsClientsJoinThem(String path) throws Exception {
    String method = path.startsWith("/v1/models") ? "GET " : "POST ";
    String model = path.endsWith("embeddings") ? "all-minilm-l6-v2" : "qwen3";
    String body =
        "{\"model\":\"%s\",\"prompt\":\"x\",\"input\":\"x\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"
            .formatted(model);
    for (String form :
        new String[] {path, "/" + path, path + "/", "/" + path + "/", path.substring(3)}) {
      assertThat(exchange(RawConnection.request(method + form + " HTTP/1.1", CLOSE, body)))
          .as(form)
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void pipelinedRequests_areAnsweredInOrder() throws Exception {
    try (var connection = new RawConnection(server)) {
      connection.send(
          RawConnection.request(CHAT, "", STREAMED)
              + RawConnection.request("POST /v1/router/explain HTTP/1.1", "", BODY)
              + get("/v1/models", "")
              + get("/health/liveness", CLOSE));
      String answer = connection.readAll();
      assertThat(answer.split("HTTP/1.1 200 OK", -1)).hasSize(5);
      assertThat(answer)
          .containsSubsequence("[DONE]", "\"candidates\"", "\"object\":\"list\"", "\"UP\"");
    }
  }

  @Test
  void pipelinedRequest_behindAStream_clientThatLeavesIsSeen() throws Exception {
    ollama.next(Script.text("a").then(new Script.Step.Hang()));
    int before = ollama.closedByClient();
    try (var connection = new RawConnection(server)) {
      connection.send(
          RawConnection.request(CHAT, "", STREAMED) + get("/v1/models", "") + get("/health", ""));
      connection.readTo("\"content\":\"a\"");
    }

    ollama.await(Duration.ofSeconds(5), "the call to end", () -> ollama.closedByClient() > before);
    assertThat(ollama.openCalls()).isZero();
  }
}

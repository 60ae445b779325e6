package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Script;
import dev.memoryrouter.testing.Script.Step;
import dev.memoryrouter.testing.StreamRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The four limits: to connect, to the first byte, between bytes, and for the whole request.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TimeoutsIT {
  private static final String MODELS =
      """
      upstreams:
        ollama: {type: ollama, base-url: "${OLLAMA_BASE_URL}", first-byte-timeout: 600ms, idle-timeout: 600ms}
        deaf: {type: openai, base-url: "http://127.0.0.1:%d/v1", connect-timeout: 300ms}
      models:
        qwen3: {upstream: ollama, name: m, context: 16384}
        far: {upstream: deaf, name: m, context: 16384}
      """;

  private final FakeUpstream ollama = FakeUpstream.start("m");
  private final List<Socket> knocking = new ArrayList<>();
  private ServerSocket deaf;
  private TestServer server;

  @BeforeAll
  void start(@TempDir Path root) throws IOException {
    deaf = deaf();
    Path config = Files.createDirectories(root.resolve("config"));
    Files.writeString(config.resolve("models.yaml"), MODELS.formatted(deaf.getLocalPort()));
    Files.writeString(config.resolve("routing.yaml"), "default: qwen3\n");
    server = TestServer.start(root, ollama.ollamaUrl(), Map.of("REQUEST_TIMEOUT_SECONDS", "4"));
    server.awaitIndex();
  }

  /// A port whose queue of connections is full: it neither takes nor refuses any.
  private ServerSocket deaf() throws IOException {
    ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    for (int i = 0; i < 8; i++) {
      Socket knock = new Socket();
      knocking.add(knock);
      try {
        knock.connect(address, 200);
      } catch (SocketTimeoutException _) {
        return socket;
      }
    }
    return socket;
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
    ollama.close();
    for (Socket knock : knocking) {
      knock.close();
    }
    deaf.close();
  }

  private HttpResponse<String> ask(boolean stream) throws Exception {
    return server.post(
        "/v1/chat/completions",
        "{\"model\":\"qwen3\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"Write\"}]}"
            .formatted(stream));
  }

  private static JsonNode error(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body()).path("error");
  }

  @Test
  void connect_nobodyAccepts_upstreamIsUnreachable() throws Exception {
    JsonNode upstreams = server.getJson("/health").at("/components/upstreams/upstreams");

    assertThat(upstreams.path(1).path("reachable").booleanValue(true)).isFalse();
    assertThat(upstreams.path(1).path("problem").asString())
        .contains("did not accept a connection within 300 ms");
  }

  @Test
  void firstByte_silence_isATimeout() throws Exception {
    ollama.next(Script.silent());

    HttpResponse<String> answer = ask(true);

    assertThat(answer.statusCode()).isEqualTo(504);
    assertThat(answer.headers().firstValue("x-should-retry")).hasValue("false");
    assertThat(error(answer).path("code").asString()).isEqualTo("upstream_timeout");
    assertThat(error(answer).path("message").asString()).contains("first-byte-timeout", "'m'");
  }

  @Test
  void idle_silenceMidStream_isAnErrorEvent() throws Exception {
    ollama.next(Script.text("one").then(new Step.Hang()));

    JsonNode error = StreamRules.chat(ask(true).body(), false).error();

    assertThat(error).isNotNull();
    assertThat(error.path("code").intValue()).isEqualTo(504);
    assertThat(error.path("message").asString()).contains("idle-timeout", "'m'", "'ollama'");
  }

  @Test
  void total_answerWithoutEnd_isCut() throws Exception {
    Script endless =
        Script.of(Stream.generate(() -> new Step.Text("word ")).limit(100).toArray(Step[]::new))
            .slow(Duration.ofMillis(100));
    ollama.next(endless);

    JsonNode error = StreamRules.chat(ask(true).body(), false).error();
    assertThat(error).isNotNull();
    assertThat(error.path("code").intValue()).isEqualTo(504);
    assertThat(error.path("message").asString()).contains("request-timeout");
    ollama.await(Duration.ofSeconds(5), "no call", () -> ollama.openCalls() == 0);
  }
}

package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memoryrouter.files.ConfigException;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Starting, reloading, stopping, and what happens when something is missing.
class OperationsIT {
  private static final URI NOBODY = URI.create("http://127.0.0.1:1");
  private static final String FIX =
      "{\"model\":\"cline-memory-router\",\"messages\":[{\"role\":\"user\",\"content\":\"Fix the bug in the parser\"}]}";

  private final FakeUpstream ollama = FakeUpstream.start();
  @TempDir Path root;

  @AfterEach
  void stop() {
    ollama.close();
  }

  @Test
  void edit_ofRouting_changesTheNextDecision_andABrokenOneChangesNothing() throws Exception {
    ollama.pull(FakeModel.of("qwen3:30b-a3b").withCapabilities("completion", "tools"));
    ollama.pull(FakeModel.of("qwen2.5-coder:32b").withCapabilities("completion", "tools"));
    try (TestServer server = TestServer.start(root, ollama.ollamaUrl(), Map.of())) {
      server.awaitIndex();
      assertThat(server.postJson("/v1/router/explain", FIX).path("model").asString())
          .isEqualTo("qwen2.5-coder");
      assertThat(model(server)).isEqualTo("qwen2.5-coder");
      Path routing = root.resolve("config/routing.yaml");
      String before = Files.readString(routing);
      Files.writeString(
          routing,
          before.replaceFirst(
              "(?m)^rules:.*$",
              "rules:\n  - {name: parsers, when: {text: 'parser'}, route: qwen3}"));

      Awaitility.await()
          .atMost(Duration.ofSeconds(2))
          .pollInterval(Duration.ofMillis(50))
          .until(() ->
              server.postJson("/v1/router/explain", FIX).path("rule").asString().equals("parsers"));
      assertThat(server.postJson("/v1/router/explain", FIX).path("model").asString())
          .isEqualTo("qwen3");

      assertThat(model(server)).isEqualTo("qwen3");

      Files.writeString(
          routing, Files.readString(routing).replace("route: qwen3}", "rout: qwen3}"));
      Awaitility.await()
          .atMost(Duration.ofSeconds(5))
          .until(() ->
              server
                  .getJson("/health")
                  .at("/components/config/status")
                  .asString()
                  .equals("degraded"));
      assertThat(server.post("/v1/chat/completions", FIX).headers().firstValue("x-router-degraded"))
          .hasValueSatisfying(value -> assertThat(value).contains("config=edit-refused"));
      assertThat(server.getJson("/health").at("/components/config/problem").asString())
          .containsPattern("routing\\.yaml:\\d+")
          .contains("rout")
          .contains("route");
      assertThat(server.postJson("/v1/router/explain", FIX).path("rule").asString())
          .isEqualTo("parsers");
    }
  }

  /// The model that really answers.
  private static String model(TestServer server) throws Exception {
    return server
        .post("/v1/chat/completions", FIX)
        .headers()
        .firstValue("x-router-model")
        .orElse("");
  }

  @Test
  void noModelAtAll_plainChatGetsPassages_agentsGetA503() throws Exception {
    try (TestServer server = TestServer.start(root, NOBODY, Map.of())) {
      server.awaitIndex();
      HttpResponse<String> plain =
          server.post(
              "/v1/chat/completions",
              "{\"model\":\"cline-memory-router\",\"messages\":[{\"role\":\"user\",\"content\":\"Where do the events live?\"}]}");
      assertThat(plain.statusCode()).isEqualTo(200);
      assertThat(plain.headers().firstValue("x-router-model")).hasValue("extractive");
      assertThat(plain.headers().firstValue("x-router-degraded").orElse("")).contains("model=");
      assertThat(plain.body())
          .contains("techContext.md > Tech > Storage")
          .contains("PostgreSQL")
          .contains("ollama pull");

      HttpResponse<String> agent =
          server.post(
              "/v1/chat/completions",
              "{\"model\":\"cline-memory-router\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]}");
      assertThat(agent.statusCode()).isEqualTo(503);
      assertThat(agent.body()).contains("no_model_available").contains("ollama pull");
      assertThat(agent.headers().firstValue("retry-after")).isPresent();
      assertThat(server.getJson("/health").path("status").asString()).isEqualTo("degraded");
    }
  }

  @Test
  void bankWithoutFiles_isServedWithoutMemory() throws Exception {
    Files.createDirectories(root.resolve("memory-bank"));
    ollama.pull(FakeModel.of("qwen3:30b-a3b"));
    try (TestServer server = TestServer.start(root, ollama.ollamaUrl(), Map.of())) {
      HttpResponse<String> answer = server.post("/v1/chat/completions", FIX);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("x-router-memory").orElse(""))
          .startsWith("sections=0; tokens=0");
      JsonNode bank = server.getJson("/health").at("/components/memory_bank");
      assertThat(bank.path("status").asString()).isEqualTo("degraded");
    }
  }

  @Test
  void restart_findsItsIndexAgain() throws Exception {
    try (TestServer server = TestServer.start(root, NOBODY, Map.of())) {
      server.awaitIndex();
      int chunks = server.getJson("/health").at("/components/memory_bank/chunks").asInt();
      server.restart();
      server.awaitIndex();
      JsonNode report = server.postJson("/v1/memory/reindex", "{}").path("banks").get(0);
      assertThat(report.path("embedded").asInt()).isZero();
      assertThat(report.path("chunks").asInt()).isEqualTo(chunks);
    }
  }

  @Test
  void secondServerOnTheIndex_saysSoAndDoesNotStart() throws Exception {
    try (TestServer server = TestServer.start(root, NOBODY, Map.of())) {
      assertThatThrownBy(() -> TestServer.start(root, NOBODY, Map.of()))
          .isInstanceOf(Server.StartException.class)
          .hasMessageContaining("Another process uses the index")
          .hasMessageContaining(server.url());
      assertThat(server.get("/health/liveness").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void takenPort_isNamed() throws Exception {
    try (TestServer server = TestServer.start(root.resolve("a"), NOBODY, Map.of())) {
      String port = Integer.toString(URI.create(server.url()).getPort());
      assertThatThrownBy(
              () -> TestServer.start(root.resolve("b"), NOBODY, Map.of("APP_PORT", port)))
          .isInstanceOf(Server.StartException.class)
          .hasMessageContaining(port)
          .hasMessageContaining("APP_PORT");
    }
  }

  @Test
  void openPortWithoutKeys_isRefused() {
    assertThatThrownBy(() -> TestServer.start(root, NOBODY, Map.of("APP_HOST", "0.0.0.0")))
        .isInstanceOf(Server.StartException.class)
        .hasMessageContaining("ROUTER_API_KEYS");
  }

  @Test
  void brokenConfiguration_stopsTheStartWithFileLineAndNearestName() throws IOException {
    Path config = Files.createDirectories(root.resolve("config"));
    Files.writeString(config.resolve("server.yaml"), "http:\n  keep-aliv: 3s\n");
    Files.copy(Path.of("config/models.yaml"), config.resolve("models.yaml"));
    Files.copy(Path.of("config/routing.yaml"), config.resolve("routing.yaml"));
    assertThatThrownBy(() -> Server.start(new Components(root, Environment.of(Map.of()), true)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("server.yaml:2")
        .hasMessageContaining("keep-alive");
  }
}

package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Script;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What happens when an upstream reports fewer prompt tokens than were sent, and how its counts are
/// learnt.
class PromptCutIT {
  private static final String CODER = "qwen2.5-coder:32b";
  private static final String LLAMA = "llama4:16x17b";

  private final FakeUpstream ollama = FakeUpstream.start();
  private TestServer server;

  @BeforeEach
  void start(@TempDir Path root) throws IOException {
    server = TestServer.start(root, ollama.ollamaUrl(), Map.of());
    ollama.pull(FakeModel.of(CODER).withContext(32_768));
    ollama.pull(FakeModel.of(LLAMA).withContext(131_072));
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            upstreams().path("models").values().stream()
                    .filter(model -> model.path("state").asString().equals("available"))
                    .count()
                == 2);
  }

  @AfterEach
  void stop() {
    server.close();
    ollama.close();
  }

  @Test
  void stream_cutPrompt_isToldOfAndTheNextTurnGoesElsewhere() throws Exception {
    ollama.answer(CODER, Script.text("Done").counting(1_024, 1));
    List<String> lines;
    try (TestServer.Streaming answer = server.stream(body("qwen2.5-coder", true))) {
      lines = answer.lines();
    }
    assertThat(lines).contains(": router degraded=truncated=prompt-cut").endsWith("data: [DONE]");
    assertThat(server.get("/metrics").body())
        .contains("router_prompt_cut_total{model=\"qwen2.5-coder\"} 1.0");
    assertThat(upstreams().path("status").asString()).isEqualTo("degraded");
    assertThat(model("qwen2.5-coder").path("prompt_cut").path("reported").asInt()).isEqualTo(1_024);

    JsonNode decision = server.postJson("/v1/router/explain", body("qwen2.5-coder", false));
    assertThat(decision.path("model").asString()).isEqualTo("llama4");
    assertThat(decision.path("candidates").path(0).path("verdict").asString())
        .isEqualTo("too-small");
  }

  @Test
  void whole_cutPrompt_isAnsweredByAModelThatReadsAllOfIt() throws Exception {
    ollama.answer(CODER, Script.text("half read").counting(1_024, 1));
    ollama.answer(LLAMA, Script.text("all read"));

    HttpResponse<String> answer = server.post("/v1/chat/completions", body("qwen2.5-coder", false));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("all read").doesNotContain("half read");
    assertThat(answer.headers().firstValue("x-router-degraded").orElse(""))
        .contains("truncated=rerouted");
    String id = answer.headers().firstValue("x-request-id").orElseThrow();
    assertThat(server.getJson("/v1/router/requests/" + id).path("attempts").path(0).path("kind"))
        .isEqualTo(JsonMapper.shared().valueToTree("prompt-cut"));
  }

  @Test
  void whole_cutPromptAndNobodyElse_isGivenWithAFlag() throws Exception {
    ollama.remove(LLAMA);
    ollama.answer(CODER, Script.text("half read").counting(1_024, 1));

    HttpResponse<String> answer = server.post("/v1/chat/completions", body("qwen2.5-coder", false));

    assertThat(answer.body()).contains("half read");
    assertThat(answer.headers().firstValue("x-router-degraded").orElse(""))
        .contains("truncated=prompt-cut");
  }

  @Test
  void reportsAboveOurCount_raiseTheNextCounts() throws Exception {
    server.awaitIndex();
    int before = promptTokens();
    ollama.answer(CODER, Script.text("Done").counting(before + 40, 1));

    server.post("/v1/chat/completions", body("qwen2.5-coder", false));

    assertThat(model("qwen2.5-coder").path("token_offset").asInt()).isEqualTo(40);
    assertThat(promptTokens()).isEqualTo(before + 40);
    assertThat(upstreams().path("status").asString()).isEqualTo("healthy");
  }

  private int promptTokens() throws IOException, InterruptedException {
    JsonNode tokens =
        server.postJson("/v1/router/explain", body("qwen2.5-coder", false)).path("tokens");
    return tokens.path("prompt").asInt() + tokens.path("memory").asInt();
  }

  private JsonNode upstreams() throws IOException, InterruptedException {
    return server.getJson("/health").path("components").path("upstreams");
  }

  private JsonNode model(String key) throws IOException, InterruptedException {
    return upstreams().path("models").values().stream()
        .filter(model -> model.path("model").asString().equals(key))
        .findFirst()
        .orElseThrow();
  }

  private static String body(String model, boolean stream) {
    String words = "word ".repeat(4_000);
    return JsonMapper.shared()
        .writeValueAsString(
            Map.of(
                "model",
                model,
                "stream",
                stream,
                "messages",
                List.of(Map.of("role", "user", "content", words))));
  }
}

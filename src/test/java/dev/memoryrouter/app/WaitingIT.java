package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Script;
import dev.memoryrouter.testing.StreamRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What a client sees on its socket while it waits: a held status line, then comments, then each
/// payload when it comes.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WaitingIT {
  private static final String MODEL = "qwen3:30b-a3b";
  private static final Duration HOLD = Duration.ofMillis(200);
  private static final Duration LATER = HOLD.multipliedBy(3);
  private static final String KEEP_ALIVE = ": keep-alive\n\n";
  private static final String QUEUED = ": queued 1 of 1";

  private final FakeUpstream ollama = FakeUpstream.start();
  private TestServer server;

  @BeforeAll
  void start(@TempDir Path root) throws IOException {
    ollama.pull(FakeModel.of(MODEL).withCapabilities("completion"));
    Path config = Files.createDirectories(root.resolve("config"));
    Files.writeString(
        config.resolve("server.yaml"), "http: {status-hold: 200ms, keep-alive: 100ms}\n");
    server = TestServer.start(root, ollama.ollamaUrl(), Map.of());
    server.awaitIndex();
  }

  @AfterAll
  void stop() {
    server.close();
    ollama.close();
  }

  private RawConnection chat(String model) throws IOException {
    var connection = new RawConnection(server);
    String body =
        "{\"model\":\"%s\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Do it\"}]}"
            .formatted(model);
    connection.send(RawConnection.request("POST /v1/chat/completions HTTP/1.0", "", body));
    return connection;
  }

  private static StreamRules.Streamed body(String answer) {
    return StreamRules.chat(answer.substring(answer.indexOf("\r\n\r\n") + 4), false);
  }

  @Test
  void failureAfterTheHold_isAnEventWithTheStatusAsNumber() throws Exception {
    ollama.next(Script.status(500, "{\"error\":\"broken\"}").after(LATER));
    try (RawConnection client = chat("qwen3")) {
      String answer = client.readAll();
      StreamRules.Streamed streamed = body(answer);
      assertThat(answer).startsWith("HTTP/1.0 200");
      assertThat(streamed.comments()).hasSizeGreaterThan(2).containsOnly("keep-alive");
      assertThat(streamed.error()).isNotNull();
      assertThat(streamed.error().path("code").intValue()).isEqualTo(502);
    }
  }

  @Test
  void eachPayload_leavesAtOnce() throws Exception {
    ollama.next(
        Script.text("first")
            .then(
                new Script.Step.Wait(LATER),
                new Script.Step.Text("second"),
                new Script.Step.Hang()));
    try (RawConnection client = chat("qwen3")) {
      assertThat(client.readTo("\"first\"")).doesNotContain("second");
      String answer = client.readTo("\"second\"");
      assertThat(answer.substring(answer.indexOf("first"))).doesNotContain(KEEP_ALIVE);
    }
    awaitIdle();
  }

  @Test
  void queued_isKeptAliveAndThenAnswered() throws Exception {
    ollama.next(Script.text("busy").then(new Script.Step.Hang()));
    RawConnection running = chat("qwen3");
    running.readTo("\"busy\"");
    try (RawConnection queued = chat("qwen3")) {
      String waiting = queued.readTo(QUEUED);
      assertThat(waiting).startsWith("HTTP/1.0 200").contains("x-router-model: qwen3");
      assertThat(ollama.openCalls()).isEqualTo(1);
      running.close();
      assertThat(body(queued.readAll()).finish()).isEqualTo("stop");
    }
  }

  @Test
  void queued_clientThatLeaves_isForgotten() throws Exception {
    ollama.next(Script.text("busy").then(new Script.Step.Hang()));
    int before = ollama.chats().size();
    try (RawConnection running = chat("qwen3")) {
      running.readTo("\"busy\"");
      try (RawConnection queued = chat("qwen3")) {
        queued.readTo(QUEUED);
      }
      try (RawConnection held = chat("qwen3")) {
        assertThat(held).isNotNull();
      }
    }
    awaitIdle();
    assertThat(ollama.chats()).hasSize(before + 1);
  }

  @Test
  void changeAfterTheHold_isOneCommentBeforeThePayload() throws Exception {
    ollama.pull(FakeModel.of("qwen2.5-coder:32b").withCapabilities("completion"));
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            server.getJson("/health").at("/components/upstreams/models").values().stream()
                    .filter(model -> model.path("state").asString().equals("available"))
                    .count()
                == 2);
    ollama.next(Script.status(500, "{\"error\":\"broken\"}").after(LATER));
    try (RawConnection client = chat("qwen2.5-coder")) {
      StreamRules.Streamed streamed = body(client.readAll());
      assertThat(streamed.comments())
          .last()
          .isEqualTo("router model=qwen3 attempts=2 degraded=fallback=qwen2.5-coder-failed");
      assertThat(streamed.comments()).filteredOn(line -> line.startsWith("router")).hasSize(1);
    } finally {
      ollama.remove("qwen2.5-coder:32b");
    }
  }

  private void awaitIdle() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .until(() ->
            ollama.openCalls() == 0
                && server.getJson("/health").at("/components/queue/running").asInt() == 0);
  }
}

package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.app.TestServer.Slots;
import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Fault;
import dev.memoryrouter.testing.Script;
import dev.memoryrouter.testing.Script.Step;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A client that leaves, or that sends its request again, ends what was done for it, in every state
/// that a request can be in.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeavingIT {
  /// How long work may go on for a client that is gone.
  private static final Duration LIMIT = Duration.ofSeconds(1);

  /// How long a request may take to get where it is wanted.
  private static final Duration ARRIVAL = Duration.ofSeconds(10);

  private final FakeUpstream ollama = FakeUpstream.start("coder");
  private final FakeUpstream box = FakeUpstream.start("big", "small");
  private TestServer server;

  @BeforeAll
  void start(@TempDir Path root) throws IOException {
    Path config = Files.createDirectories(root.resolve("config"));
    Files.writeString(config.resolve("models.yaml"), models());
    Files.writeString(
        config.resolve("server.yaml"), "http: {status-hold: 300ms, keep-alive: 100ms}\n");
    server = TestServer.start(root, ollama.ollamaUrl(), Map.of());
  }

  private String models() {
    return """
    upstreams:
      ollama: {type: ollama, base-url: "${OLLAMA_BASE_URL}"}
      box: {type: openai, base-url: "%s", connect-timeout: 20s}
    models:
      qwen2.5-coder: {upstream: ollama, name: coder, context: 16384}
      llama4: {upstream: box, name: big, context: 16384}
      qwen3: {upstream: box, name: small, context: 16384, slots: 2}
    """
        .formatted(box.openAiUrl());
  }

  @AfterEach
  void nothingIsLeft() {
    ollama.heal();
    box.heal();
    ollama.loadTime(Duration.ZERO);
    box.await(LIMIT, "no calls", () -> box.openCalls() + ollama.openCalls() == 0);
    server.awaitSlots(LIMIT, Slots.FREE);
  }

  @AfterAll
  void stop() {
    server.close();
    ollama.close();
    box.close();
  }

  private static String body(String model, boolean stream) {
    return "{\"model\":\"%s\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"Write a parser\"}]}"
        .formatted(model, stream);
  }

  private RawClient client(String model, boolean stream, String... headers) throws IOException {
    return RawClient.post(server.uri("/v1/chat/completions"), body(model, stream), headers);
  }

  private void awaitCall(FakeUpstream fake) {
    fake.await(ARRIVAL, "the call to arrive", () -> fake.openCalls() == 1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void leave_beforeTheFirstByteWhileTheStatusIsHeld_endsTheCall(boolean stream) throws Exception {
    box.next(Script.silent());
    int before = box.closedByClient();
    try (RawClient _ = client("llama4", stream)) {
      awaitCall(box);
    }

    box.await(LIMIT, "the call to end", () -> box.closedByClient() == before + 1);
  }

  @Test
  void leave_beforeTheFirstByteAmongKeepAlives_endsTheCall() throws Exception {
    box.next(Script.silent());
    int before = box.closedByClient();
    try (RawClient client = client("llama4", true)) {
      client.until(": keep-alive");
      awaitCall(box);
    }

    box.await(LIMIT, "the call to end", () -> box.closedByClient() == before + 1);
  }

  @Test
  void leave_midStream_endsTheCall() throws Exception {
    box.next(Script.text("one").then(new Step.Hang()));
    int before = box.closedByClient();
    try (RawClient client = client("llama4", true)) {
      client.until("one");
    }

    box.await(LIMIT, "the call to end", () -> box.closedByClient() == before + 1);
  }

  @Test
  void leave_wholeAnswerHalfThere_endsTheCall() throws Exception {
    box.next(Script.text("one").then(new Step.Hang()));
    int before = box.closedByClient();
    try (RawClient _ = client("llama4", false)) {
      awaitCall(box);
    }

    box.await(LIMIT, "the call to end", () -> box.closedByClient() == before + 1);
  }

  @Test
  void leave_queued_leavesTheQueueAndIsNeverCalled() throws Exception {
    box.next(Script.silent());
    int before = box.chats().size();
    try (RawClient _ = client("llama4", true)) {
      awaitCall(box);
      try (RawClient _ = client("llama4", true)) {
        server.awaitSlots(ARRIVAL, new Slots(1, 1));
      }
      server.awaitSlots(LIMIT, new Slots(1, 0));
      assertThat(box.chats()).hasSize(before + 1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void leave_connecting_givesTheSlotBackAndIsNeverCalled(boolean stream) throws Exception {
    awaitReachable();
    int before = box.chats().size();
    box.deafen();
    try (RawClient _ = client("llama4", stream)) {
      server.awaitSlots(ARRIVAL, new Slots(1, 0));
    }

    server.awaitSlots(LIMIT, Slots.FREE);
    box.heal();
    awaitReachable();
    assertThat(box.chats()).hasSize(before);
  }

  @Test
  void leave_connectingForTheNextAttempt_givesTheSlotBack() throws Exception {
    awaitReachable();
    ollama.inject("", Fault.SERVER_ERROR, 1);
    box.deafen();
    int before = ollama.chats().size();
    try (RawClient _ = client("qwen2.5-coder", true)) {
      ollama.await(ARRIVAL, "the first attempt", () -> ollama.chats().size() == before + 1);
      ollama.await(ARRIVAL, "its end", () -> ollama.openCalls() == 0);
      server.awaitSlots(ARRIVAL, new Slots(1, 0));
    }
  }

  /// Calls are made as long as nobody knows that they are in vain.
  private void awaitReachable() {
    Awaitility.await()
        .atMost(ARRIVAL)
        .until(() ->
            server.getJson("/health").at("/components/upstreams/upstreams").values().stream()
                .allMatch(upstream -> upstream.path("reachable").booleanValue()));
  }

  @Test
  void leave_betweenAttempts_leavesTheNextQueue() throws Exception {
    box.next(Script.silent());
    try (RawClient _ = client("llama4", true)) {
      awaitCall(box);
      ollama.inject("", Fault.SERVER_ERROR, 1);
      try (RawClient _ = client("qwen2.5-coder", true)) {
        server.awaitSlots(ARRIVAL, new Slots(1, 1));
      }
      server.awaitSlots(LIMIT, new Slots(1, 0));
    }
  }

  @Test
  void leave_whileTheModelLoads_givesTheSlotBackAndTheLoadGoesOn() throws Exception {
    ollama.unload("coder");
    ollama.loadTime(Duration.ofSeconds(1));
    int loads = ollama.calls("/api/generate").size();
    int chats = ollama.chats().size();
    awaitNotResident();
    try (RawClient _ = client("qwen2.5-coder", true)) {
      ollama.await(ARRIVAL, "the load", () -> ollama.calls("/api/generate").size() == loads + 1);
    }
    server.awaitSlots(LIMIT, Slots.FREE);

    try (RawClient next = client("qwen2.5-coder", true)) {
      next.until("data: [DONE]");
    }
    assertThat(ollama.chats()).hasSize(chats + 1);
    assertThat(ollama.calls("/api/generate"))
        .hasSize(loads + 1)
        .noneMatch(FakeUpstream.Call::closedByClient);
  }

  private void awaitNotResident() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            !server
                .getJson("/health")
                .at("/components/upstreams/models/0/resident")
                .booleanValue());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void retry_sameTurn_takesThePlaceOfTheEarlierAttempt(boolean stream) throws Exception {
    box.next(Script.silent());
    int before = box.closedByClient();
    try (RawClient quiet = client("qwen3", stream, "x-stainless-retry-count: 0")) {
      awaitCall(box);

      HttpResponse<String> answer = retry("qwen3", stream, "1");

      assertThat(answer.statusCode()).isEqualTo(200);
      box.await(LIMIT, "the first call to end", () -> box.closedByClient() == before + 1);
      quiet.until("x-stainless-retry-count");
    }
  }

  private HttpResponse<String> retry(String model, boolean stream, String count)
      throws IOException, InterruptedException {
    return server.send(
        HttpRequest.newBuilder(server.uri("/v1/chat/completions"))
            .header("User-Agent", "raw")
            .header("x-stainless-retry-count", count)
            .POST(HttpRequest.BodyPublishers.ofString(body(model, stream)))
            .build());
  }

  @Test
  void retry_sameWordsOfTwoClients_touchEachOtherNot() throws Exception {
    box.next(Script.silent());
    try (RawClient _ = client("qwen3", true, "x-stainless-retry-count: 0")) {
      awaitCall(box);

      assertThat(retry("qwen3", true, "0").statusCode()).isEqualTo(200);
      assertThat(box.openCalls()).isEqualTo(1);
      try (RawClient other =
          client("qwen3", true, "x-stainless-retry-count: 1", "Authorization: Bearer other")) {
        other.until("data: [DONE]");
      }
      assertThat(box.openCalls()).isEqualTo(1);
    }
  }

  @Test
  void retry_ofARetry_endsTheRetryAndNotAnotherFirstAttempt() throws Exception {
    box.next(Script.silent(), Script.silent());
    var answered = new CompletableFuture<Integer>();
    try (RawClient _ = client("qwen3", true, "x-stainless-retry-count: 1")) {
      awaitCall(box);
      try (RawClient _ = client("qwen3", true, "x-stainless-retry-count: 0")) {
        box.await(ARRIVAL, "both", () -> box.openCalls() == 2);
        int before = box.closedByClient();

        answered.complete(retry("qwen3", true, "2").statusCode());

        assertThat(answered).isCompletedWithValue(200);
        box.await(LIMIT, "the retry to end", () -> box.closedByClient() == before + 1);
        assertThat(box.openCalls()).isEqualTo(1);
      }
    }
  }
}

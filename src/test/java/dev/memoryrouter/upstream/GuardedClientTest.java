package dev.memoryrouter.upstream;

import static dev.memoryrouter.upstream.Calls.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Script;
import dev.memoryrouter.upstream.ollama.OllamaClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Circuits and loads as they work together with a real client.
class GuardedClientTest {
  private static final String MODEL = "m:1b";
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final FakeUpstream fake = FakeUpstream.start(MODEL);
  private final List<CircuitState> states = Collections.synchronizedList(new ArrayList<>());
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Circuits circuits = new Circuits(() -> now);
  private final UpstreamSettings settings =
      Calls.settings(UpstreamSettings.Type.OLLAMA, fake.ollamaUrl());
  private final Upstreams upstreams =
      new Upstreams(
          new ModelsConfig(Map.of("local", settings), Map.of("key", Calls.model(MODEL)), null),
          it -> new OllamaClient(it, Set.of(MODEL)),
          () -> now,
          new Contexts(),
          circuits);

  @AfterEach
  void stop() {
    fake.close();
  }

  private ChatEvent first(UpstreamCall call) throws InterruptedException {
    try (ChatStream stream = upstreams.client("local").chat(call)) {
      return stream.next();
    }
  }

  private ChatEvent first() throws InterruptedException {
    return first(call(MODEL, "x"));
  }

  private void fail(int times) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      fake.next(Script.status(500, "{\"error\":\"model runner has unexpectedly stopped\"}"));
      assertThat(first()).isInstanceOf(ChatEvent.Failure.class);
    }
  }

  @Test
  void circuit_failures_openItAndOneGoodProbeClosesIt() throws Exception {
    circuits.listen((_, state) -> states.add(state));
    fail(5);

    assertThat(first())
        .isInstanceOfSatisfying(
            ChatEvent.Failure.class,
            failed -> {
              assertThat(failed.failure().kind()).isEqualTo("circuit-open");
              assertThat(failed.failure().message()).contains("'" + MODEL + "'", "'local'", "16 s");
            });
    assertThat(fake.chats()).hasSize(5);
    assertThat(upstreams.state("key").availability())
        .isEqualTo(ModelState.Availability.CIRCUIT_OPEN);

    now = now.plusSeconds(15);
    assertThat(upstreams.state("key").available()).isTrue();
    assertThat(first()).isInstanceOf(ChatEvent.Text.class);
    assertThat(upstreams.circuit("local")).isEqualTo(CircuitState.CLOSED);
    assertThat(states)
        .containsExactly(
            CircuitState.CLOSED, CircuitState.OPEN, CircuitState.HALF_OPEN, CircuitState.CLOSED);
  }

  @Test
  void circuit_refusedRequests_sayNothingAgainstTheUpstream() throws Exception {
    for (int i = 0; i < 10; i++) {
      fake.next(Script.status(400, "{\"error\":\"bad\"}"));
      first();
      fake.next(Script.status(404, "{\"error\":\"model 'm' not found\"}"));
      first();
      fake.next(Script.status(503, "{\"error\":\"server busy\"}"));
      first();
    }

    assertThat(upstreams.circuit("local")).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void circuit_slowCalls_countAsFailures() throws Exception {
    for (int i = 0; i < 5; i++) {
      try (ChatStream stream = upstreams.client("local").chat(call(MODEL, "x"))) {
        now = now.plusSeconds(121);
        stream.next();
      }
    }

    assertThat(upstreams.circuit("local")).isEqualTo(CircuitState.OPEN);
  }

  @Test
  void circuit_halfOpen_letsExactlyOneCallThroughUntilItIsGivenUp() throws Exception {
    fail(5);
    now = now.plusSeconds(15);
    try (ChatStream _ = upstreams.client("local").chat(call(MODEL, "x"))) {
      assertThat(first())
          .isInstanceOfSatisfying(
              ChatEvent.Failure.class,
              failed -> assertThat(failed.failure().kind()).isEqualTo("circuit-open"));
    }

    assertThat(upstreams.circuit("local")).isEqualTo(CircuitState.HALF_OPEN);
    assertThat(first()).isInstanceOf(ChatEvent.Text.class);
    assertThat(upstreams.circuit("local")).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void circuit_timeToBeOpenIsOver_isToldWithoutTraffic() throws Exception {
    circuits.listen((_, state) -> states.add(state));
    fail(5);
    assertThat(upstreams.circuit("local")).isEqualTo(CircuitState.OPEN);

    now = now.plusSeconds(15);

    assertThat(upstreams.circuit("local")).isEqualTo(CircuitState.HALF_OPEN);
    assertThat(states).last().isEqualTo(CircuitState.HALF_OPEN);
  }

  @Test
  void circuit_probeLoadsItsModel_othersWaitForTheLoadInsteadOfBeingRefused() throws Exception {
    fail(5);
    now = now.plusSeconds(15);
    fake.unload(MODEL);
    fake.forget();
    fake.loadTime(Duration.ofMillis(600));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<ChatEvent> probe = threads.submit(() -> first(loading()));
      fake.await(LIMIT, "the load", () -> !fake.calls("/api/generate").isEmpty());
      assertThat(upstreams.state("key").available()).isTrue();
      Future<ChatEvent> other = threads.submit(() -> first(loading()));

      assertThat(probe.get()).isInstanceOf(ChatEvent.Text.class);
      assertThat(other.get()).isInstanceOf(ChatEvent.Text.class);
    }
    assertThat(upstreams.circuit("local")).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void circuit_callsGivenUp_countAsNothing() throws Exception {
    fail(4);
    for (int i = 0; i < 10; i++) {
      upstreams.client("local").chat(call(MODEL, "x")).close();
    }

    fail(1);
    assertThat(upstreams.circuit("local")).isEqualTo(CircuitState.OPEN);
  }

  @Test
  void circuit_probeIsSlow_othersAreToldWhenAndThenLetThrough() throws Exception {
    fail(5);
    now = now.plusSeconds(15);
    try (ChatStream _ = upstreams.client("local").chat(call(MODEL, "x"))) {
      assertThat(upstreams.leftAloneFor("local")).isEqualTo(Duration.ofSeconds(15));
      assertThat(first()).isInstanceOf(ChatEvent.Failure.class);

      now = now.plusSeconds(15);
      assertThat(first()).isInstanceOf(ChatEvent.Text.class);
    }
  }

  @Test
  void circuit_upstreamGoneAndBack_isProbedAtOnce() throws Exception {
    fail(5);
    assertThat(upstreams.snapshot("local").reachable()).isTrue();
    int port = fake.port();
    fake.close();
    now = now.plusSeconds(6);
    upstreams.refresh("local");
    fake.await(LIMIT, "gone", () -> !upstreams.snapshot("local").reachable());

    try (FakeUpstream back = FakeUpstream.start(port, MODEL)) {
      upstreams.refresh("local");
      back.await(LIMIT, "back", () -> upstreams.state("key").available());

      assertThat(first()).isInstanceOf(ChatEvent.Text.class);
    }
  }

  private static UpstreamCall loading() {
    UpstreamCall call = call(MODEL, "x");
    return new UpstreamCall(
        call.request(), call.model(), call.upstreamModel(), 8192, call.maxOutput(), false);
  }

  @Test
  void load_callerLeaves_goesOnAndTheNextOneJoinsIt() throws Exception {
    fake.loadTime(Duration.ofMillis(600));
    Thread impatient =
        Thread.ofVirtual()
            .start(() -> {
              try {
                first(loading());
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
    fake.await(LIMIT, "the load", () -> !fake.calls("/api/generate").isEmpty());
    impatient.interrupt();
    assertThat(impatient.join(Duration.ofSeconds(1))).isTrue();

    assertThat(first(loading())).isInstanceOf(ChatEvent.Text.class);

    assertThat(fake.calls("/api/generate")).hasSize(1);
    FakeUpstream.Call load = fake.calls("/api/generate").getFirst();
    assertThat(load.closedByClient()).isFalse();
    assertThat(load.body().at("/options/num_ctx").asInt()).isEqualTo(8192);
    assertThat(load.body().path("shift").booleanValue(true)).isFalse();
    assertThat(load.body().path("keep_alive").asString()).isEqualTo("1800s");
  }

  @Test
  void load_modelIsThereWithItsContext_isNotAskedFor() throws Exception {
    fake.load(MODEL, 8192);

    assertThat(first(loading())).isInstanceOf(ChatEvent.Text.class);

    assertThat(fake.calls("/api/generate")).isEmpty();
  }

  @Test
  void load_modelIsThereWithAnotherContext_isAskedFor() throws Exception {
    fake.load(MODEL, 4096);

    assertThat(first(loading())).isInstanceOf(ChatEvent.Text.class);

    assertThat(fake.calls("/api/generate")).hasSize(1);
  }

  @Test
  void load_moreThanTheModelSupports_isAskedForOnce() throws Exception {
    fake.pull(FakeModel.of(MODEL).withContext(4096));
    fake.load(MODEL, 8192);

    assertThat(first(loading())).isInstanceOf(ChatEvent.Text.class);

    assertThat(fake.calls("/api/generate")).isEmpty();
  }
}

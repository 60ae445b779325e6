package dev.memoryrouter.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.memoryrouter.upstream.ModelState.Availability;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UpstreamsTest {
  private static final long GB = 1L << 30;

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private volatile UpstreamSnapshot answer = UpstreamSnapshot.unreachable("down");
  private final AtomicInteger asked = new AtomicInteger();
  private final BlockingQueue<String> answered = new LinkedBlockingQueue<>();
  private final Contexts contexts = new Contexts();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  private final class Client implements ModelClient {
    @Override
    public ChatStream chat(UpstreamCall call) {
      return ChatStream.failed(new UpstreamFailure.Empty("expected by this test"));
    }

    @Override
    public UpstreamSnapshot inspect() throws InterruptedException {
      asked.incrementAndGet();
      gate.await();
      answered.add("once");
      return answer;
    }
  }

  private Upstreams upstreams(UpstreamSettings.Type type, ModelSettings... models) {
    var byKey = new java.util.LinkedHashMap<String, ModelSettings>();
    for (ModelSettings model : models) {
      byKey.put(model.key(), model);
    }
    var settings = Calls.settings(type, URI.create("http://localhost:1"));
    var config = new ModelsConfig(Map.of("local", settings), byKey, null);
    return new Upstreams(config, _ -> new Client(), () -> now, contexts, new Circuits(() -> now));
  }

  private static ModelSettings model(
      @Nullable Integer numCtx, @Nullable Long memory, String... names) {
    return new ModelSettings(
        "qwen3",
        List.of("local"),
        List.of(names),
        40_960,
        numCtx,
        8192,
        "qwen",
        null,
        ModelSettings.Think.OFF,
        memory,
        ModelSettings.Turns.DEFAULT,
        Duration.ofMinutes(5),
        Map.of(),
        false,
        100);
  }

  private void has(UpstreamSnapshot.Model... models) {
    var byName = new java.util.HashMap<String, UpstreamSnapshot.Model>();
    for (UpstreamSnapshot.Model model : models) {
      byName.put(model.name(), model);
    }
    answer = new UpstreamSnapshot(null, "1", byName);
  }

  private static UpstreamSnapshot.Model found(
      String name, @Nullable Integer supported, @Nullable Long weights, @Nullable Long kv) {
    return new UpstreamSnapshot.Model(name, supported, null, null, false, weights, kv, null);
  }

  @Test
  void state_firstNameThatTheUpstreamHas_isUsed() {
    has(found("b:latest", 8192, null, null), found("c", 8192, null, null));

    ModelState state =
        upstreams(UpstreamSettings.Type.OLLAMA, model(4096, null, "a", "b", "c")).state("qwen3");

    assertThat(state.availability()).isEqualTo(Availability.AVAILABLE);
    assertThat(state.upstreamModel()).isEqualTo("b:latest");
    assertThat(state.numCtx()).isEqualTo(4096);
    assertThat(state.supportedContext()).isEqualTo(8192);
    assertThat(state.capabilities()).containsExactly(Capability.TOOLS);
  }

  @Test
  void state_noneOfTheNames_isNotPulled() {
    has(found("other", null, null, null));

    ModelState state =
        upstreams(UpstreamSettings.Type.OLLAMA, model(null, null, "a")).state("qwen3");

    assertThat(state.availability()).isEqualTo(Availability.NOT_PULLED);
    assertThat(state.upstreamModel()).isNull();
  }

  @Test
  void state_openAiServerThatListsNothing_isCalledByTheFirstName() {
    has();

    ModelState state =
        upstreams(UpstreamSettings.Type.OPENAI, model(null, null, "a", "b")).state("qwen3");

    assertThat(state.availability()).isEqualTo(Availability.AVAILABLE);
    assertThat(state.upstreamModel()).isEqualTo("a");
    assertThat(state.numCtx()).isNull();
  }

  @Test
  void state_unreachable_isSaid() {
    ModelState state =
        upstreams(UpstreamSettings.Type.OLLAMA, model(null, null, "a")).state("qwen3");

    assertThat(state.availability()).isEqualTo(Availability.UNREACHABLE);
    assertThat(state.numCtx()).isEqualTo(32_768);
  }

  @Test
  void state_unknownModel_namesTheKnown() {
    var upstreams = upstreams(UpstreamSettings.Type.OLLAMA, model(null, null, "a"));

    assertThatThrownBy(() -> upstreams.state("nope")).hasMessageContaining("qwen3");
  }

  @Test
  void numCtx_knownFacts_fillTheMemory() {
    // (24 − 18 − 1) GB ÷ 96 KiB = 54,613: more than the model can.
    has(found("a", 40_960, 18 * GB, 98_304L));
    assertThat(numCtx(24 * GB)).isEqualTo(40_960);
    // (21 − 18 − 1) GB ÷ 96 KiB = 21,845, down to 21 × 1,024.
    assertThat(numCtx(21 * GB)).isEqualTo(21_504);
    // Not even the weights fit.
    assertThat(numCtx(10 * GB)).isEqualTo(1024);
  }

  @Test
  void numCtx_unknownFacts_isAtMost32K() {
    has(found("a", 20_000, 18 * GB, null));
    assertThat(numCtx(24 * GB)).isEqualTo(19_456);
    has(found("a", null, null, null));
    assertThat(numCtx(24 * GB)).isEqualTo(32_768);
  }

  private @Nullable Integer numCtx(long memory) {
    return upstreams(UpstreamSettings.Type.OLLAMA, model(null, memory, "a"))
        .state("qwen3")
        .numCtx();
  }

  @Test
  void numCtx_factsMissOnce_staysAsItWas() throws Exception {
    has(found("a", 40_960, 18 * GB, 98_304L));
    var upstreams = upstreams(UpstreamSettings.Type.OLLAMA, model(null, 21 * GB, "a"));
    assertThat(upstreams.state("qwen3").numCtx()).isEqualTo(21_504);

    has(found("a", null, 18 * GB, null));
    now = now.plusSeconds(6);

    assertThat(upstreams.state("qwen3").supportedContext()).isNull();
    assertThat(upstreams.state("qwen3").numCtx()).isEqualTo(21_504);
  }

  @Test
  void numCtx_sentBeforeItWasKnown_holds() throws Exception {
    has(found("a", null, 18 * GB, null));
    ModelSettings model = model(null, 21 * GB, "a");
    var upstreams = upstreams(UpstreamSettings.Type.OLLAMA, model);
    Integer guessed = upstreams.state("qwen3").numCtx();
    upstreams
        .client("local")
        .chat(new UpstreamCall(Calls.request(Calls.user("x")), model, "a", guessed, 1, false));

    has(found("a", 40_960, 18 * GB, 98_304L));
    now = now.plusSeconds(6);

    assertThat(guessed).isEqualTo(32_768);
    assertThat(upstreams.state("qwen3").numCtx()).isEqualTo(32_768);
  }

  @Test
  void snapshot_questionThatHangs_holdsUpEachLookNoLongerThanOneMoment() throws Exception {
    Upstreams upstreams = upstreams(UpstreamSettings.Type.OLLAMA, model(null, null, "qwen3:30b"));
    gate.countDown();
    UpstreamSnapshot known = upstreams.snapshot("local");
    gate = new CountDownLatch(1);
    now = now.plusSeconds(60);
    assertThat(upstreams.snapshot("local")).isSameAs(known);
    now = now.plusSeconds(1);

    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          for (int look = 0; look < 1_000; look++) {
            assertThat(upstreams.snapshot("local")).isSameAs(known);
          }
        });
    gate.countDown();
  }

  @Test
  void numCtx_afterAReload_holdsUnlessSettingsChange() {
    has(found("a", 40_960, 18 * GB, 98_304L));
    assertThat(numCtx(21 * GB)).isEqualTo(21_504);

    has(found("a", null, 18 * GB, null));
    assertThat(numCtx(21 * GB)).isEqualTo(21_504);
    assertThat(numCtx(24 * GB)).isEqualTo(32_768);
    answer = UpstreamSnapshot.unreachable("down");
    assertThat(numCtx(21 * GB)).isEqualTo(21_504);
  }

  @Test
  void numCtx_otherModelUnderTheNames_isComputedAnew() {
    has(found("b", 40_960, 18 * GB, 98_304L));
    ModelSettings model = model(null, 21 * GB, "a", "b");
    assertThat(upstreams(UpstreamSettings.Type.OLLAMA, model).state("qwen3").numCtx())
        .isEqualTo(21_504);

    has(found("a", 8192, 18 * GB, 98_304L));
    assertThat(upstreams(UpstreamSettings.Type.OLLAMA, model).state("qwen3").numCtx())
        .isEqualTo(8192);
  }

  @Test
  void contextProblem_weightsDoNotFit_isSaid() {
    has(found("a", 40_960, 18 * GB, 98_304L));

    assertThat(
            upstreams(UpstreamSettings.Type.OLLAMA, model(null, 10 * GB, "a"))
                .contextProblem("qwen3"))
        .get()
        .asString()
        .startsWith("Model 'qwen3': memory 10.0 GB leaves no room")
        .contains("'a' (18.0 GB)", "1024 tokens");
    assertThat(
            upstreams(UpstreamSettings.Type.OLLAMA, model(null, 24 * GB, "a"))
                .contextProblem("qwen3"))
        .isEmpty();
    assertThat(
            upstreams(UpstreamSettings.Type.OLLAMA, model(8192, 10 * GB, "a"))
                .contextProblem("qwen3"))
        .isEmpty();
  }

  @Test
  void snapshot_within_itsTime_isNotAskedAgain() {
    has();
    var upstreams = upstreams(UpstreamSettings.Type.OLLAMA);

    upstreams.snapshot("local");
    now = now.plusSeconds(4);
    upstreams.snapshot("local");
    assertThat(asked.get()).isEqualTo(1);

    now = now.plusSeconds(2);
    upstreams.snapshot("local");
    assertThat(asked.get()).isEqualTo(2);
  }

  @Test
  void snapshot_upstreamComesBack_isSeenAfterTwoSeconds() {
    var upstreams = upstreams(UpstreamSettings.Type.OLLAMA);
    assertThat(upstreams.snapshot("local").reachable()).isFalse();
    has();

    now = now.plusSeconds(3);

    assertThat(upstreams.snapshot("local").reachable()).isTrue();
  }

  @Test
  void snapshot_slowUpstream_holdsNobodyUpASecondTime() throws Exception {
    has();
    var upstreams = upstreams(UpstreamSettings.Type.OLLAMA);
    UpstreamSnapshot first = upstreams.snapshot("local");
    gate = new CountDownLatch(1);
    now = now.plusSeconds(6);

    // Both come back with the old news although the question is not answered.
    assertThat(upstreams.snapshot("local")).isSameAs(first);
    assertThat(upstreams.snapshot("local")).isSameAs(first);
    assertThat(asked.get()).isEqualTo(2);
    gate.countDown();
  }

  @Test
  void refresh_duringAQuestion_asksOnceMore() throws Exception {
    has();
    var upstreams = upstreams(UpstreamSettings.Type.OLLAMA);
    upstreams.snapshot("local");
    gate = new CountDownLatch(1);
    upstreams.refresh("local");
    upstreams.refresh("local");
    gate.countDown();
    assertThat(answered.poll(5, TimeUnit.SECONDS)).isNotNull();
    assertThat(answered.poll(5, TimeUnit.SECONDS)).isNotNull();

    upstreams.snapshot("local");
    upstreams.snapshot("local");

    assertThat(asked.get()).isBetween(3, 4);
  }

  @Test
  void snapshot_interruptedCaller_returnsAndStaysInterrupted() {
    gate = new CountDownLatch(1);
    var upstreams = upstreams(UpstreamSettings.Type.OLLAMA);
    Thread.currentThread().interrupt();

    UpstreamSnapshot snapshot = upstreams.snapshot("local");

    assertThat(Thread.interrupted()).isTrue();
    assertThat(snapshot.reachable()).isFalse();
    gate.countDown();
  }

  @Test
  void namesOn_givesAllNamesOfTheUpstream() {
    var config = upstreams(UpstreamSettings.Type.OLLAMA, model(null, null, "a", "b")).config();

    assertThat(config.namesOn("local")).isEqualTo(Set.of("a", "b"));
    assertThat(config.namesOn("other")).isEmpty();
  }
}

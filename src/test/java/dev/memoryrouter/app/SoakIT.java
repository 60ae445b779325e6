package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Script;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Many streams at once, and many clients that leave. Short here; `scripts/soak.sh` runs the long
/// forms: `soak.seconds` (60), `soak.streams` (200), `soak.leavers` (1000), `soak.seed`.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SoakIT {
  private static final int SECONDS = Integer.getInteger("soak.seconds", 3);
  private static final int STREAMS = Integer.getInteger("soak.streams", 40);
  private static final int LEAVERS = Integer.getInteger("soak.leavers", 150);
  private static final long SEED = Long.getLong("soak.seed", 20_260_101);

  /// The share of the time after which the heap is measured for the first time: 15 of 60 seconds.
  private static final int WARM = 4;

  /// Seconds of a run whose first quarter is long enough for all caches and classes to be there.
  private static final int SETTLED = 30;

  private static final double HEAP_GROWTH = 1.2;
  private static final Duration AFTER_THE_LAST = Duration.ofSeconds(1);
  private static final int TOKENS = 100;
  private static final String[] KEYS = {"a", "b", "c", "d"};
  private static final String ROUTING = "default: a\n";
  private static final String WAITING = "http: {status-hold: 200ms, keep-alive: 100ms}\n";

  private static final int COLLECTIONS = 5;
  private static final Duration BETWEEN_COLLECTIONS = Duration.ofMillis(100);

  private static final Duration LOAD = Duration.ofMillis(500);
  private static final Duration LONGEST_STAY = Duration.ofMillis(1_500);
  private static final String[] LEFT = {"talk", "quiet", "queue", "load", "far"};

  private final FakeUpstream fake =
      FakeUpstream.start("a", "b", "c", "d", "talk", "quiet", "queue", "load");
  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicInteger numbers = new AtomicInteger();
  private Path root;

  @BeforeAll
  void setUp(@TempDir Path folder) {
    root = folder;
  }

  @AfterAll
  void stop() {
    http.close();
    fake.close();
  }

  private TestServer server(String name, int slots) throws IOException {
    Path folder = root.resolve(name);
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.writeString(config.resolve("models.yaml"), models(slots));
    Files.writeString(config.resolve("routing.yaml"), ROUTING);
    Files.writeString(config.resolve("server.yaml"), WAITING);
    return TestServer.start(folder, fake.ollamaUrl(), Map.of());
  }

  private String models(int slots) {
    return """
    upstreams:
      ollama: {type: ollama, base-url: "${OLLAMA_BASE_URL}", circuit: {minimum-calls: 1000}}
      box: {type: openai, base-url: "%s", circuit: {minimum-calls: 1000}}
    models:
      a: {upstream: ollama, context: 16384, slots: %d}
      b: {upstream: box, context: 16384, slots: %d}
      c: {upstream: ollama, context: 16384, slots: %d}
      d: {upstream: box, context: 16384, slots: %d}
    """
        .formatted(fake.openAiUrl(), slots, slots, slots, slots);
  }

  private static String body(String model, boolean stream, int number) {
    return "{\"model\":\"%s\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"echo tokens %d\"}]}"
        .formatted(model, stream, number);
  }

  @Test
  void streams_manyAtOnce_loseDoubleAndMixNothing() throws Exception {
    fake.answerBy(SoakIT::numbered);
    try (TestServer server = server("streams", 64);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      var wrong = new ConcurrentLinkedQueue<String>();
      var done = new AtomicLong();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      for (int i = 0; i < STREAMS; i++) {
        String model = KEYS[i % KEYS.length];
        clients.execute(() -> streamUntil(end, server, model, wrong, done));
      }
      sleepUntil(end - TimeUnit.SECONDS.toNanos(SECONDS) * (WARM - 1) / WARM);
      long warm = heapAfterCollection();
      sleepUntil(end);
      long hot = heapAfterCollection();
      int threads = ManagementFactory.getThreadMXBean().getThreadCount();
      clients.shutdown();
      assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

      System.out.printf(
          "soak: %d streams of %d tokens, %d at once, in %d s; heap %.1f MB, then %.1f MB; %d threads%n",
          done.get(), TOKENS, STREAMS, SECONDS, warm / 1e6, hot / 1e6, threads);
      assertThat(wrong).isEmpty();
      assertThat(done.get()).isGreaterThanOrEqualTo(STREAMS);
      if (SECONDS >= SETTLED) {
        assertThat(hot).isLessThanOrEqualTo((long) (warm * HEAP_GROWTH));
      }
      assertThat(threads).isLessThan(100);
    }
  }

  /// One stream after the other, each with numbers of its own.
  private void streamUntil(
      long end,
      TestServer server,
      String model,
      ConcurrentLinkedQueue<String> wrong,
      AtomicLong done) {
    try {
      do {
        int number = numbers.incrementAndGet();
        String found = text(server.uri("/v1/chat/completions"), body(model, true, number));
        if (!found.equals(expected(number))) {
          wrong.add(number + ": " + found);
        }
        done.incrementAndGet();
      } while (System.nanoTime() < end);
    } catch (IOException e) {
      wrong.add(e.toString());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private String text(URI uri, String body) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body)).build();
    var text = new StringBuilder();
    List<String> lines;
    try (Stream<String> all = http.send(request, BodyHandlers.ofLines()).body()) {
      lines = all.filter(line -> line.startsWith("data: ")).toList();
    }
    for (String line : lines.subList(0, lines.size() - 1)) {
      JsonNode chunk = JsonMapper.shared().readTree(line.substring("data: ".length()));
      text.append(chunk.at("/choices/0/delta/content").asString(""));
    }
    return text.append(lines.getLast()).toString();
  }

  private static Script numbered(JsonNode body) {
    String words = body.path("messages").path(0).path("content").asString();
    int number = Integer.parseInt(words.replaceFirst("(?s)echo tokens ([0-9]+).*", "$1"));
    return Script.text(tokens(number).toArray(String[]::new)).slow(Duration.ofMillis(5));
  }

  private static Stream<String> tokens(int number) {
    return IntStream.range(0, TOKENS).mapToObj(i -> number + "-" + i + " ");
  }

  private static String expected(int number) {
    return tokens(number).reduce("", String::concat) + "data: [DONE]";
  }

  private static void sleepUntil(long nanoTime) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(Math.max(0, nanoTime - System.nanoTime()));
  }

  /// What lives while the streams go on: the least of some looks right after a collection, because
  /// what was made between collection and look counts too.
  private long heapAfterCollection() throws InterruptedException {
    fake.forget();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
      TimeUnit.MILLISECONDS.sleep(BETWEEN_COLLECTIONS.toMillis());
    }
    return least;
  }

  /// Each model holds its clients in another state.
  @Test
  void clients_leaveAtRandomMomentsInEveryState_leaveNothingBehind() throws Exception {
    fake.answerBy(SoakIT::spoken);
    fake.loadTime(LOAD);
    System.out.println("soak: seed " + SEED);
    var random = new SplittableRandom(SEED);
    try (FakeUpstream far = FakeUpstream.start("far");
        TestServer server = leaving(far);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      awaitReachable(server);
      // What is made at the first request would hold all others up.
      text(server.uri("/v1/chat/completions"), body("talk", true, 0));
      far.deafen();
      var crowd = new Crowd(server, fake);
      Thread watch = Thread.ofVirtual().start(crowd::watch);
      for (int i = 0; i < LEAVERS; i++) {
        boolean stream = random.nextInt(4) > 0;
        // Half of the streams leave some time after their headers, so that no state is missed
        // however slow the machine is; all others some time after their request.
        boolean patient = stream && random.nextBoolean();
        String body = body(LEFT[random.nextInt(LEFT.length)], stream, 0);
        Duration stay = Duration.ofMillis(random.nextLong(LONGEST_STAY.toMillis()));
        clients.execute(() -> crowd.comeAndLeave(body, patient, stay));
        TimeUnit.MILLISECONDS.sleep(random.nextLong(8));
      }
      clients.shutdown();
      assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
      long last = System.nanoTime();
      watch.interrupt();

      fake.await(AFTER_THE_LAST, "no upstream call alive", () -> fake.openCalls() == 0);
      server.awaitSlots(AFTER_THE_LAST.minusNanos(System.nanoTime() - last), TestServer.Slots.FREE);
      System.out.printf(
          "soak: %d clients left, %s; %d of %d upstream calls were cut by that, all calls and slots are gone %d ms after the last%n",
          LEAVERS,
          crowd,
          fake.closedByClient(),
          fake.chats().size(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - last));
      assertThat(crowd.failures()).isEmpty();
      assertThat(crowd.unseen()).isEmpty();
      far.heal();
      awaitReachable(server);
      assertThat(far.chats()).isEmpty();
    }
  }

  private TestServer leaving(FakeUpstream far) throws IOException {
    Path folder = root.resolve("leavers");
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.writeString(config.resolve("models.yaml"), modelsToLeave(far));
    Files.writeString(config.resolve("routing.yaml"), "default: talk\n");
    Files.writeString(config.resolve("server.yaml"), WAITING);
    return TestServer.start(folder, fake.ollamaUrl(), Map.of());
  }

  private String modelsToLeave(FakeUpstream far) {
    return """
    upstreams:
      ollama: {type: ollama, base-url: "${OLLAMA_BASE_URL}"}
      box: {type: openai, base-url: "%s"}
      deaf: {type: openai, base-url: "%s", connect-timeout: 60s}
    models:
      talk: {upstream: box, context: 16384, slots: 64}
      quiet: {upstream: box, context: 16384, slots: 64}
      queue: {upstream: ollama, context: 16384, slots: 1}
      load: {upstream: ollama, context: 16384, slots: 64}
      far: {upstream: deaf, context: 16384, slots: 64}
    """
        .formatted(fake.openAiUrl(), far.openAiUrl());
  }

  private static void awaitReachable(TestServer server) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            server.getJson("/health").at("/components/upstreams/upstreams").values().stream()
                .allMatch(upstream -> upstream.path("reachable").booleanValue()));
  }

  /// `quiet` never says a word; the others speak for some seconds.
  private static Script spoken(JsonNode body) {
    return body.path("model").asString().equals("quiet")
        ? Script.silent()
        : Script.text(tokens(0).toArray(String[]::new)).slow(Duration.ofMillis(20));
  }
}

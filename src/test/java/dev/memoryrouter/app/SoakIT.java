package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Script;
import dev.memoryrouter.testing.Script.Step;
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
import java.util.concurrent.CountDownLatch;
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
  private static final String MODELS =
      """
      upstreams:
        ollama: {type: ollama, base-url: "${OLLAMA_BASE_URL}", circuit: {minimum-calls: 1000}}
        box: {type: openai, base-url: "%s", circuit: {minimum-calls: 1000}}
      models:
        a: {upstream: ollama, context: 16384, slots: %d}
        b: {upstream: box, context: 16384, slots: %d}
        c: {upstream: ollama, context: 16384, slots: %d}
        d: {upstream: box, context: 16384, slots: %d}
      """;
  private static final String[] KEYS = {"a", "b", "c", "d"};
  private static final String ROUTING = "default: a\n";

  private final FakeUpstream fake = FakeUpstream.start(KEYS);
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
    Files.writeString(
        config.resolve("models.yaml"),
        MODELS.formatted(fake.openAiUrl(), slots, slots, slots, slots));
    Files.writeString(config.resolve("routing.yaml"), ROUTING);
    Files.writeString(
        config.resolve("server.yaml"), "http: {status-hold: 200ms, keep-alive: 100ms}\n");
    return TestServer.start(folder, fake.ollamaUrl(), Map.of());
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

  private long heapAfterCollection() {
    fake.forget();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void clients_leaveAtRandomMoments_leaveNothingBehind() throws Exception {
    fake.answerBy(_ -> leaversAnswer());
    System.out.println("soak: seed " + SEED);
    var random = new SplittableRandom(SEED);
    try (TestServer server = server("leavers", 4);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      var last = new CountDownLatch(LEAVERS);
      var failures = new ConcurrentLinkedQueue<String>();
      for (int i = 0; i < LEAVERS; i++) {
        int number = i;
        long stay = random.nextLong(600);
        boolean stream = random.nextBoolean();
        String model = KEYS[random.nextInt(KEYS.length)];
        clients.execute(() -> leave(server, body(model, stream, number), stay, failures, last));
        TimeUnit.MILLISECONDS.sleep(random.nextLong(8));
      }
      assertThat(last.await(60, TimeUnit.SECONDS)).isTrue();

      fake.await(AFTER_THE_LAST, "no upstream call alive", () -> fake.openCalls() == 0);
      // Asked over HTTP, which may take a while after such a crowd.
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .pollDelay(Duration.ZERO)
          .until(() -> {
            JsonNode queue = server.getJson("/health").at("/components/queue");
            return queue.path("running").asInt(-1) == 0 && queue.path("waiting").asInt(-1) == 0;
          });
      System.out.printf(
          "soak: %d clients left; %d of %d upstream calls were closed by that, none is alive%n",
          LEAVERS, fake.closedByClient(), fake.chats().size());
      assertThat(failures).isEmpty();
    }
  }

  /// Waits before its first byte, then speaks for a while: clients leave in every state.
  private static Script leaversAnswer() {
    return Script.of(Stream.generate(() -> new Step.Text("word ")).limit(200).toArray(Step[]::new))
        .slow(Duration.ofMillis(10))
        .after(Duration.ofMillis(100));
  }

  private static void leave(
      TestServer server,
      String body,
      long stayMillis,
      ConcurrentLinkedQueue<String> failures,
      CountDownLatch last) {
    try (RawClient _ = RawClient.post(server.uri("/v1/chat/completions"), body)) {
      TimeUnit.MILLISECONDS.sleep(stayMillis);
    } catch (IOException e) {
      failures.add(e.toString());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      last.countDown();
    }
  }
}

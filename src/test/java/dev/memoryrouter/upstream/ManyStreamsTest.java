package dev.memoryrouter.upstream;

import static dev.memoryrouter.upstream.Calls.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Fault;
import dev.memoryrouter.upstream.ollama.OllamaClient;
import dev.memoryrouter.upstream.openai.OpenAiClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What one client carries at the same time, and what is left of those who go.
class ManyStreamsTest {
  private static final String MODEL = "m";

  private final FakeUpstream fake = FakeUpstream.start(MODEL);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.close();
    fake.close();
  }

  private ModelClient client(UpstreamSettings.Type type) {
    return switch (type) {
      case OLLAMA -> new OllamaClient(Calls.settings(type, fake.ollamaUrl()), Set.of());
      case OPENAI -> new OpenAiClient(Calls.settings(type, fake.openAiUrl()));
    };
  }

  @ParameterizedTest
  @EnumSource
  void chat_manyAtOnce_losesAndMixesNothing(UpstreamSettings.Type type) throws Exception {
    fake.inject(Fault.SLOW_TOKENS);
    ModelClient client = client(type);
    List<Callable<String>> asked = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String question = "count s" + i + " to 30";
      asked.add(() -> Calls.text(Calls.all(client.chat(call(MODEL, question)))));
    }

    List<Future<String>> answers = threads.invokeAll(asked);

    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).get()).isEqualTo(numbered("s" + i));
    }
  }

  private static String numbered(String name) {
    return IntStream.rangeClosed(1, 30)
        .mapToObj(i -> name + "-" + i + " ")
        .collect(Collectors.joining());
  }

  @ParameterizedTest
  @EnumSource
  void close_atRandomMoments_leavesNoCallBehind(UpstreamSettings.Type type) throws Exception {
    long seed = 11;
    var random = new Random(seed);
    fake.inject(Fault.SLOW_TOKENS);
    ModelClient client = client(type);
    List<Callable<Void>> leavers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      int events = random.nextInt(8);
      leavers.add(() -> leaveAfter(client, events));
    }

    threads.invokeAll(leavers);

    fake.await(Duration.ofSeconds(5), "no call open, seed " + seed, () -> fake.openCalls() == 0);
    assertThat(fake.closedByClient()).isPositive();
  }

  private static Void leaveAfter(ModelClient client, int events) throws InterruptedException {
    try (ChatStream stream = client.chat(call(MODEL, "count x to 500"))) {
      for (int i = 0; i < events; i++) {
        stream.next();
      }
    }
    return null;
  }
}

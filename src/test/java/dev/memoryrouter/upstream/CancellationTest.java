package dev.memoryrouter.upstream;

import static dev.memoryrouter.upstream.Calls.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Script;
import dev.memoryrouter.testing.Script.Step;
import dev.memoryrouter.upstream.ollama.OllamaClient;
import dev.memoryrouter.upstream.openai.OpenAiClient;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A caller that leaves closes the connection to the upstream, whatever the call is doing.
class CancellationTest {
  private static final String MODEL = "m:1b";
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final FakeUpstream fake = FakeUpstream.start(MODEL);

  @AfterEach
  void stop() {
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
  void interrupt_beforeHeaders_closesTheConnection(UpstreamSettings.Type type) throws Exception {
    fake.next(Script.silent());

    interruptWhen(() -> fake.openCalls() == 1, () -> client(type).chat(call(MODEL, "x")).next());
  }

  @ParameterizedTest
  @EnumSource
  void interrupt_idleStream_closesTheConnection(UpstreamSettings.Type type) throws Exception {
    fake.next(Script.text("one").then(new Step.Hang()));
    var seen = new AtomicReference<ChatEvent>();

    interruptWhen(
        () -> seen.get() != null,
        () -> {
          ChatStream stream = client(type).chat(call(MODEL, "x"));
          seen.set(stream.next());
          stream.next();
        });
  }

  @ParameterizedTest
  @EnumSource
  void interrupt_runningStream_closesTheConnection(UpstreamSettings.Type type) throws Exception {
    Step[] many = Stream.generate(() -> new Step.Text("word ")).limit(100_000).toArray(Step[]::new);
    fake.next(Script.of(many).slow(Duration.ofMillis(1)));
    var seen = new AtomicReference<ChatEvent>();

    interruptWhen(
        () -> seen.get() != null,
        () -> {
          ChatStream stream = client(type).chat(call(MODEL, "x"));
          while (true) {
            seen.set(stream.next());
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void close_fromAnotherThread_endsABlockedReader(UpstreamSettings.Type type) throws Exception {
    fake.next(Script.text("one").then(new Step.Hang()));
    ChatStream stream = client(type).chat(call(MODEL, "x"));
    assertThat(stream.next()).isEqualTo(new ChatEvent.Text("one"));
    var next = new AtomicReference<ChatEvent>();
    Thread reader =
        Thread.ofVirtual()
            .start(() -> {
              try {
                next.set(stream.next());
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });

    stream.close();
    stream.close();

    assertThat(reader.join(LIMIT)).isTrue();
    assertThat(next.get()).isInstanceOf(ChatEvent.Failure.class);
    fake.await(LIMIT, "connection closed", () -> fake.closedByClient() == 1);
  }

  @ParameterizedTest
  @EnumSource
  void close_answerNeverRead_closesTheConnection(UpstreamSettings.Type type) throws Exception {
    fake.next(Script.text("one").then(new Step.Hang()));

    client(type).chat(call(MODEL, "x")).close();

    fake.await(LIMIT, "connection closed", () -> fake.closedByClient() == 1);
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private void interruptWhen(java.util.function.BooleanSupplier ready, Work work)
      throws InterruptedException {
    var interrupted = new AtomicReference<Boolean>(false);
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                work.run();
              } catch (InterruptedException _) {
                interrupted.set(true);
              }
            });
    fake.await(LIMIT, "the call has got there", ready);

    thread.interrupt();

    assertThat(thread.join(LIMIT)).isTrue();
    assertThat(interrupted.get()).isTrue();
    fake.await(LIMIT, "connection closed", () -> fake.closedByClient() == 1);
    fake.await(LIMIT, "nothing in work", () -> fake.openCalls() == 0);
  }
}

package dev.memoryrouter.upstream;

import static dev.memoryrouter.upstream.Calls.all;
import static dev.memoryrouter.upstream.Calls.call;
import static dev.memoryrouter.upstream.Calls.finish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.FakeUpstream;
import dev.memoryrouter.testing.Fault;
import dev.memoryrouter.upstream.ollama.OllamaClient;
import dev.memoryrouter.upstream.openai.OpenAiClient;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Each fault of an upstream against each client: the stream ends once and as it must, and nothing
/// stays open.
class ClientFaultsTest {
  private static final String MODEL = "qwen3:30b-a3b";
  private static final String WHOLE = "I am qwen3:30b-a3b and got 1 messages.";

  private final FakeUpstream fake = FakeUpstream.start(MODEL);

  @AfterEach
  void stop() {
    fake.close();
  }

  static Stream<Arguments> faults() {
    return Stream.of(Fault.values())
        .flatMap(fault ->
            Stream.of(UpstreamSettings.Type.values()).map(type -> Arguments.of(fault, type)));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void chat_fault_endsOnceAndLeavesNothingOpen(Fault fault, UpstreamSettings.Type type)
      throws Exception {
    ModelClient client = client(type);
    fake.inject(fault);

    List<ChatEvent> events = all(client.chat(call(MODEL, "hello")));

    switch (fault.effect()) {
      case WHOLE -> assertThat(events.getLast()).isInstanceOf(ChatEvent.Finish.class);
      case LENGTH -> assertThat(finish(events)).isEqualTo(FinishReason.LENGTH);
      case BEFORE_OUTPUT -> {
        assertThat(events).hasSize(1);
        assertThat(events.getLast()).isInstanceOf(ChatEvent.Failure.class);
      }
      case WITHIN_OUTPUT -> {
        assertThat(events).hasSizeGreaterThan(1);
        assertThat(events.getLast()).isInstanceOf(ChatEvent.Failure.class);
      }
    }
    fake.await(Duration.ofSeconds(1), "no call is open", () -> fake.openCalls() == 0);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void chat_afterAFault_isWholeAgain(Fault fault, UpstreamSettings.Type type) throws Exception {
    ModelClient client = client(type);
    fake.inject(fault);
    all(client.chat(call(MODEL, "hello")));
    fake.heal();

    List<ChatEvent> events = all(client.chat(call(MODEL, "hello")));

    assertThat(Calls.text(events)).isEqualTo(WHOLE);
    assertThat(finish(events)).isEqualTo(FinishReason.STOP);
  }

  private ModelClient client(UpstreamSettings.Type type) {
    Duration patience = Duration.ofMillis(700);
    return switch (type) {
      case OLLAMA ->
          new OllamaClient(
              Calls.impatient(Calls.settings(type, fake.ollamaUrl()), patience, patience),
              Set.of());
      case OPENAI ->
          new OpenAiClient(
              Calls.impatient(Calls.settings(type, fake.openAiUrl()), patience, patience));
    };
  }
}

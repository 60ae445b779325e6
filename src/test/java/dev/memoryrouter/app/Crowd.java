package dev.memoryrouter.app;

import dev.memoryrouter.testing.FakeUpstream;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Clients that come and leave, and what was seen of them: by the clients, how far their answer
/// was; at the server and its upstreams, how many at most were in which state at once.
final class Crowd {
  private static final Duration LOOK = Duration.ofMillis(20);

  private final TestServer server;
  private final FakeUpstream fake;
  private final Collection<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger midAnswer = new AtomicInteger();
  private final Map<State, Integer> most = new EnumMap<>(State.class);

  private enum State {
    QUEUED,
    CONNECTING,
    LOADING,
    SILENT,
    SPEAKING;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Crowd(TestServer server, FakeUpstream fake) {
    this.server = server;
    this.fake = fake;
  }

  /// One client: asks, stays for a while, and leaves without a word.
  ///
  /// @param patient whether it stays that long after the headers of its answer
  void comeAndLeave(String body, boolean patient, Duration stay) {
    try (RawClient client = RawClient.post(server.uri("/v1/chat/completions"), body)) {
      String head = patient ? client.until("\r\n\r\n") : "";
      TimeUnit.NANOSECONDS.sleep(stay.toNanos());
      String received = head + client.received();
      (received.isEmpty() ? held : received.contains("data: ") ? midAnswer : waiting)
          .incrementAndGet();
    } catch (IOException e) {
      failures.add(e.toString());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Looks until it is interrupted. The model `load` is never found loaded meanwhile.
  void watch() {
    try {
      while (true) {
        fake.unload("load");
        look();
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void look() {
    see(State.QUEUED, server.slots("ollama", "queue").waiting());
    see(State.CONNECTING, server.slots("deaf", "far").running());
    see(State.LOADING, server.slots("ollama", "load").running() - fake.openCalls("load"));
    see(State.SILENT, fake.openCalls("quiet"));
    see(State.SPEAKING, fake.openCalls("talk"));
  }

  private void see(State state, int count) {
    most.merge(state, count, Math::max);
  }

  /// What went wrong for the clients themselves.
  Collection<String> failures() {
    return List.copyOf(failures);
  }

  /// States in which nobody was when somebody left.
  synchronized List<String> unseen() {
    Stream<String> byServer =
        Stream.of(State.values()).filter(it -> most.getOrDefault(it, 0) == 0).map(State::label);
    Stream<String> byClients =
        Stream.of(
                Map.entry("held", held),
                Map.entry("waiting", waiting),
                Map.entry("mid-answer", midAnswer))
            .filter(it -> it.getValue().get() == 0)
            .map(Map.Entry::getKey);
    return Stream.concat(byServer, byClients).toList();
  }

  @Override
  public synchronized String toString() {
    return "%s before any byte, %s among keep-alives, %s within the answer; most at once: %s"
        .formatted(
            held,
            waiting,
            midAnswer,
            most.entrySet().stream()
                .map(it -> it.getValue() + " " + it.getKey().label())
                .collect(Collectors.joining(", ")));
  }
}

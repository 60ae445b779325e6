package dev.memoryrouter.admission;

import dev.memoryrouter.admission.Script.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Writes the scripts of typical clients from a source of chance, so that a seed stands for the
/// same traffic whatever the queue decides.
final class Scripts {
  private static final Duration FOR_EVER = Duration.ofHours(1);

  private final Random random;
  private final List<Script> all = new ArrayList<>();
  private Duration patience = FOR_EVER;
  private double failures;
  private @Nullable ModelId fallback;

  Scripts(Random random) {
    this.random = random;
  }

  List<Script> all() {
    return List.copyOf(all);
  }

  /// Clients from here on leave after such a time.
  Scripts impatient(Duration longest) {
    patience = longest;
    return this;
  }

  /// Answers from here on fail with this probability, and the client then asks the other model.
  Scripts failing(double probability, ModelId other) {
    failures = probability;
    fallback = other;
    return this;
  }

  /// A person writes now and then; each time the agent goes on with some tool calls.
  Scripts person(ModelId model, int turns) {
    List<Request> requests = new ArrayList<>();
    for (int turn = 0; turn < turns; turn++) {
      int steps = random.nextInt(1, 5);
      for (int step = 0; step <= steps; step++) {
        boolean last = step == steps;
        requests.add(
            request(
                step == 0 ? PriorityClass.INTERACTIVE : PriorityClass.AGENT,
                seconds(2, 15),
                seconds(5, 20),
                !last,
                last ? seconds(5, 60) : millis(100, 1200)));
      }
    }
    return client("person", model, seconds(0, 30), requests);
  }

  /// Several helper agents at once, each with a tool loop of its own.
  Scripts burst(ModelId model, int agents) {
    Duration start = seconds(5, 500);
    for (int agent = 0; agent < agents; agent++) {
      List<Request> requests = new ArrayList<>();
      int steps = random.nextInt(2, 5);
      for (int step = 0; step <= steps; step++) {
        requests.add(
            request(
                PriorityClass.SUBAGENT,
                seconds(2, 12),
                seconds(3, 10),
                step < steps,
                millis(50, 1000)));
      }
      client("subagent", model, start.plus(millis(0, 500)), requests);
    }
    return this;
  }

  /// A job without a conversation that asks again and again.
  Scripts background(ModelId model, int times) {
    List<Request> requests = new ArrayList<>();
    for (int time = 0; time < times; time++) {
      requests.add(
          request(
              random.nextBoolean() ? PriorityClass.BACKGROUND : PriorityClass.HELPER,
              seconds(1, 20),
              seconds(1, 3),
              false,
              seconds(0, 20)));
    }
    all.add(
        new Script("job-" + all.size(), model, fallback, null, seconds(0, 60), leaves(), requests));
    return this;
  }

  /// Requests that never get an answer, until the upstream's own limit ends them.
  Scripts hanging(ModelId model, int times, Duration limit) {
    for (int time = 0; time < times; time++) {
      Request hangs =
          new Request(
              PriorityClass.AGENT, limit, Duration.ZERO, false, Duration.ofSeconds(5), true);
      client("hanging", model, seconds(10, 200), List.of(hangs));
    }
    return this;
  }

  private Scripts client(String name, ModelId model, Duration start, List<Request> requests) {
    String id = name + "-" + all.size();
    all.add(new Script(id, model, fallback, id, start, leaves(), requests));
    return this;
  }

  private Request request(
      PriorityClass priority,
      Duration generation,
      Duration prompt,
      boolean toolCall,
      Duration pause) {
    boolean fails = random.nextDouble() < failures;
    return new Request(priority, generation, prompt, toolCall && !fails, pause, fails);
  }

  private Duration leaves() {
    return patience.equals(FOR_EVER) ? FOR_EVER : millis(500, (int) patience.toMillis());
  }

  Duration seconds(int from, int to) {
    return millis(from * 1000, to * 1000);
  }

  private Duration millis(int from, int to) {
    return Duration.ofMillis(random.nextInt(from, to));
  }
}

package dev.memoryrouter.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/// All meters: their names, tags and descriptions.
public final class Meters {
  private final MeterRegistry registry;
  private final Map<String, Map<String, AtomicInteger>> circuits = new ConcurrentHashMap<>();

  public Meters(MeterRegistry registry) {
    this.registry = registry;
  }

  /// A chat or completion request ended.
  ///
  /// @param model key of the model that answered, or `none`
  /// @param outcome `answered`, `failed` or `client-left`
  public void chatEnded(String model, String outcome, Duration duration) {
    Counter.builder("router.chat.requests")
        .description("Chat and completion requests that ended")
        .tag("model", model)
        .tag("outcome", outcome)
        .register(registry)
        .increment();
    Timer.builder("router.chat.duration")
        .description("Time of a chat request from arrival to its end")
        .tag("model", model)
        .register(registry)
        .record(duration);
  }

  /// How the circuit of an upstream stands now.
  ///
  /// @param state `closed`, `half-open` or `open`
  public void circuit(String upstream, String state) {
    Map<String, AtomicInteger> states = circuits.computeIfAbsent(upstream, this::registerCircuit);
    states.forEach((name, is) -> is.set(name.equals(state) ? 1 : 0));
  }

  private Map<String, AtomicInteger> registerCircuit(String upstream) {
    Map<String, AtomicInteger> states = new HashMap<>();
    for (String state : List.of("closed", "half-open", "open")) {
      var is = new AtomicInteger();
      states.put(state, is);
      Gauge.builder("router.upstream.circuit", is, AtomicInteger::get)
          .description("1 for the state in which the circuit of an upstream is")
          .tag("upstream", upstream)
          .tag("state", state)
          .register(registry);
    }
    return Map.copyOf(states);
  }

  /// The router's own work on a chat request that was read, up to the call of a model.
  public void chatPlanned(Duration duration) {
    Timer.builder("router.chat.planning")
        .description("Understanding, routing, retrieval and fitting of a chat request")
        .register(registry)
        .record(duration);
  }

  /// An upstream read only a part of a prompt.
  public void promptCut(String model) {
    Counter.builder("router.prompt.cut")
        .description("Prompts of which an upstream read only a part")
        .tag("model", model)
        .register(registry)
        .increment();
  }

  /// A request waits for its turn on a model no longer.
  ///
  /// @param priority class in which it waited
  /// @param result `granted`, `left`, or the reason of the refusal
  public void turnDecided(String model, String priority, String result, Duration waited) {
    Timer.builder("router.queue.wait")
        .description("Time until a request got its turn on a model, was refused or left")
        .tag("model", model)
        .tag("priority", priority)
        .tag("result", result)
        .register(registry)
        .record(waited);
  }

  /// Figures of the queue, read whenever the metrics are.
  public void queue(IntSupplier running, IntSupplier waiting) {
    Gauge.builder("router.queue.running", running::getAsInt)
        .description("Requests that have their turn")
        .register(registry);
    Gauge.builder("router.queue.waiting", waiting::getAsInt)
        .description("Requests that wait for their turn")
        .register(registry);
  }
}

package dev.memoryrouter.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.IntSupplier;

/// All meters: their names, tags and descriptions.
public final class Meters {
  private final MeterRegistry registry;

  public Meters(MeterRegistry registry) {
    this.registry = registry;
  }

  /// A chat request ended.
  ///
  /// @param model key of the model that answered, or `none`
  /// @param outcome `answered`, `failed` or `client-left`
  public void chatEnded(String model, String outcome, Duration duration) {
    Counter.builder("router.chat.requests")
        .description("Chat requests that ended")
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

  /// The router's own work on a chat request that was read, up to the call of a model.
  public void chatPlanned(Duration duration) {
    Timer.builder("router.chat.planning")
        .description("Understanding, routing, retrieval and fitting of a chat request")
        .register(registry)
        .record(duration);
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

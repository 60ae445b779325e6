package dev.memoryrouter.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/// All meters: their names, tags and descriptions.
public final class Meters {
  private final MeterRegistry registry;

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

  /// The router's own work on a chat request that was read, up to the call of a model.
  public void chatPlanned(Duration duration) {
    Timer.builder("router.chat.planning")
        .description("Understanding, routing, retrieval and fitting of a chat request")
        .register(registry)
        .record(duration);
  }
}

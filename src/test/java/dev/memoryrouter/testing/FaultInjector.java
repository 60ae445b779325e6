package dev.memoryrouter.testing;

import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Decides which chat request is spoilt by which fault. The same seed and the same order of
/// requests spoil in the same way. Thread-safe.
final class FaultInjector {
  /// In place of a model's name: all models.
  static final String ALL = "";

  private final Map<String, Injection> injections = new ConcurrentHashMap<>();
  volatile long seed;
  volatile Duration pause = Duration.ofMillis(200);

  /// @param calls how many calls are spoilt
  private record Injection(Fault fault, int calls, AtomicInteger seen) {}

  void inject(String model, Fault fault, int calls) {
    injections.put(model, new Injection(fault, calls, new AtomicInteger()));
  }

  void heal() {
    injections.clear();
  }

  /// The script with the fault that is injected for its model, else for all.
  Script apply(Script good, boolean ollama, JsonNode body) {
    @Nullable Injection one = injections.get(body.path("model").asString(""));
    Injection found = one != null ? one : injections.get(ALL);
    int call = found == null ? 0 : found.seen().getAndIncrement();
    if (found == null || call >= found.calls()) {
      return good;
    }
    // A call's chance depends on its number, not on how calls at the same time take turns.
    var random = new SplittableRandom(seed * 31 + call);
    return found.fault().spoil(good, new Fault.Circumstances(ollama, body, call, random, pause));
  }
}

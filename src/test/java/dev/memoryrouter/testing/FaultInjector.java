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

  /// Which calls a fault strikes.
  ///
  /// @param model name of a model, or [#ALL]
  /// @param turns only calls that offer tools: turns of an agent, not its titles and summaries
  /// @param skip how many calls are answered well before
  /// @param calls how many calls are spoilt; later ones are answered well
  record Target(String model, boolean turns, int skip, int calls) {
    private boolean counts(JsonNode body) {
      return !turns || body.path("tools").size() > 0;
    }
  }

  private record Injection(Fault fault, Target target, AtomicInteger seen) {
    /// The number of a call among those to be spoilt; -1 for one that is not.
    private int next(JsonNode body) {
      int call = target.counts(body) ? seen.getAndIncrement() - target.skip() : -1;
      return call < target.calls() ? call : -1;
    }
  }

  void inject(Fault fault, Target target) {
    injections.put(target.model(), new Injection(fault, target, new AtomicInteger()));
  }

  void heal() {
    injections.clear();
  }

  /// The script with the fault that is injected for its model, else for all.
  Script apply(Script good, boolean ollama, JsonNode body) {
    @Nullable Injection one = injections.get(body.path("model").asString(""));
    Injection found = one != null ? one : injections.get(ALL);
    int call = found == null ? -1 : found.next(body);
    if (found == null || call < 0) {
      return good;
    }
    // A call's chance depends on its number, not on how calls at the same time take turns.
    var random = new SplittableRandom(seed * 31 + call);
    return found.fault().spoil(good, new Fault.Circumstances(ollama, body, call, random, pause));
  }
}

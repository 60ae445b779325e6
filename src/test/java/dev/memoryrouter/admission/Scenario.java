package dev.memoryrouter.admission;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Traffic that a router meets.
// Its fields are immutable, but their types do not say so.
@SuppressWarnings("ImmutableEnumChecker")
public enum Scenario {
  /// Bursts of helper agents and background jobs against a person, on one model.
  SUBAGENT_BURSTS(
      null,
      Map.of("A", limits(1, 30)),
      scripts -> {
        for (int burst = 0; burst < 4; burst++) {
          scripts.burst(model("A"), 4);
        }
        scripts.person(model("A"), 8).background(model("A"), 10);
      }),
  /// Three models of which one fits.
  SWAP_STORM(
      50L,
      Map.of("A", limits(1, 40), "B", limits(1, 40), "C", limits(1, 40)),
      scripts -> {
        for (String model : List.of("A", "B", "C")) {
          scripts.person(model(model), 3).burst(model(model), 3).background(model(model), 4);
        }
      }),
  /// Three models of which two fit, one with two slots.
  TWO_OF_THREE_FIT(
      128L,
      Map.of("A", limits(2, 24), "B", limits(1, 30), "C", limits(1, 100)),
      scripts -> {
        for (String model : List.of("A", "B", "C")) {
          scripts.person(model(model), 3).burst(model(model), 4).background(model(model), 4);
        }
      }),
  /// Some requests hang for two minutes.
  HANGING_MODEL(
      70L,
      Map.of("A", limits(2, 40), "B", limits(1, 40), "C", limits(1, 20)),
      scripts ->
          scripts
              .person(model("A"), 3)
              .person(model("B"), 3)
              .person(model("C"), 3)
              .burst(model("A"), 5)
              .hanging(model("A"), 2, Duration.ofMinutes(2))
              .hanging(model("B"), 1, Duration.ofMinutes(2))),
  /// Clients leave while they wait and while they are served.
  LEAVING_CLIENTS(
      50L,
      Map.of("A", limits(1, 40), "B", limits(1, 40)),
      scripts ->
          scripts
              .impatient(Duration.ofSeconds(20))
              .person(model("A"), 4)
              .person(model("B"), 4)
              .burst(model("A"), 6)
              .burst(model("B"), 4)
              .background(model("A"), 6)),
  /// Answers fail, and their clients queue again on another model; upstreams vanish and come back.
  FAILOVERS(
      90L,
      Map.of("A", limits(1, 40), "B", limits(1, 40), "C", limits(1, 40)),
      scripts ->
          scripts
              .failing(0.2, model("B"))
              .person(model("A"), 4)
              .burst(model("A"), 5)
              .failing(0.2, model("C"))
              .person(model("B"), 3)
              .background(model("B"), 5)),
  /// The server stops in the middle.
  DRAIN(
      50L,
      Map.of("A", limits(1, 40), "B", limits(1, 40)),
      scripts -> scripts.person(model("A"), 4).burst(model("B"), 6).burst(model("A"), 4)),
  /// An administrator clears the queue in the middle.
  CLEAR(
      50L,
      Map.of("A", limits(1, 40), "B", limits(1, 40)),
      scripts -> scripts.person(model("A"), 4).burst(model("B"), 6).burst(model("A"), 4)),
  /// Few may wait, and not for long.
  SHORT_QUEUES(
      50L,
      Map.of(
          "A", new ModelLimits(1, "here", 40, 3, Duration.ofSeconds(30)),
          "B", new ModelLimits(1, "here", 40, 2, Duration.ofSeconds(20))),
      scripts ->
          scripts
              .person(model("A"), 4)
              .person(model("B"), 4)
              .burst(model("A"), 8)
              .burst(model("B"), 4)
              .background(model("A"), 6));

  private final @Nullable Long budget;
  private final Map<String, ModelLimits> models;
  private final Consumer<Scripts> traffic;

  Scenario(@Nullable Long budget, Map<String, ModelLimits> models, Consumer<Scripts> traffic) {
    this.budget = budget;
    this.models = models;
    this.traffic = traffic;
  }

  /// The name for people.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static ModelLimits limits(int slots, long memory) {
    return new ModelLimits(slots, "here", memory, 200, Duration.ofHours(1));
  }

  /// Each model has an upstream of its own.
  static ModelId model(String key) {
    return new ModelId("upstream-" + key, key);
  }

  QueueSettings settings(QueueSettings.Order order) {
    Map<ModelId, ModelLimits> limits = new LinkedHashMap<>();
    models.keySet().stream().sorted().forEach(key -> limits.put(model(key), models.get(key)));
    return new QueueSettings(order, budget, limits);
  }

  List<Script> scripts(Random random) {
    Scripts scripts = new Scripts(random);
    traffic.accept(scripts);
    return scripts.all();
  }
}

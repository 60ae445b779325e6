package dev.memoryrouter.bench;

import dev.memoryrouter.admission.PriorityClass;
import dev.memoryrouter.admission.QueueSettings.Order;
import dev.memoryrouter.admission.Scenario;
import dev.memoryrouter.admission.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The queue against first come, first served: the same queue with every rule off and one class for
/// all, before the same clients.
public final class QueueComparison {
  private static final int SEEDS = 200;
  private static final List<Scenario> SCENARIOS =
      List.of(Scenario.SUBAGENT_BURSTS, Scenario.SWAP_STORM, Scenario.TWO_OF_THREE_FIT);
  private static final Order NO_RULES = new Order(Duration.ofDays(1), 0, 0, Duration.ZERO);

  private int swaps;
  private int evictions;
  private final Map<PriorityClass, List<Duration>> waits = new EnumMap<>(PriorityClass.class);

  private QueueComparison(Scenario scenario, Order order, boolean classes) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Simulation.Result result = new Simulation(scenario, seed, order, classes).run();
      swaps += result.swaps();
      evictions += result.evictions();
      result
          .waits()
          .forEach((priority, more) ->
              waits.computeIfAbsent(priority, _ -> new ArrayList<>()).addAll(more));
    }
  }

  /// Prints the table.
  public static void main(String[] args) {
    lines().forEach(System.out::println);
  }

  /// Figures as Markdown.
  static List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Simulated minutes with %d seeds each; waits in seconds as median / 95 %% / worst. \"First\" is first come, first served: the same queue with every rule off.\n"
            .formatted(SEEDS));
    lines.add("| traffic | | swaps | prompts evicted | " + heads() + " |");
    lines.add("|---|---|---|---|" + "---|".repeat(PriorityClass.values().length));
    for (Scenario scenario : SCENARIOS) {
      lines.add(new QueueComparison(scenario, NO_RULES, false).row(scenario, "first"));
      lines.add(new QueueComparison(scenario, Order.DEFAULT, true).row(scenario, "queue"));
    }
    lines.add("");
    return lines;
  }

  private static String heads() {
    return String.join(
        " | ", java.util.Arrays.stream(PriorityClass.values()).map(PriorityClass::label).toList());
  }

  private String row(Scenario scenario, String name) {
    StringBuilder row = new StringBuilder("| ");
    row.append(scenario.label()).append(" | ").append(name);
    row.append(" | ").append(swaps).append(" | ").append(evictions).append(" |");
    for (PriorityClass priority : PriorityClass.values()) {
      row.append(' ').append(figures(waits.getOrDefault(priority, List.of()))).append(" |");
    }
    return row.toString();
  }

  private static String figures(List<Duration> waits) {
    double[] seconds = waits.stream().mapToDouble(wait -> wait.toMillis() / 1000.0).toArray();
    return seconds.length == 0
        ? "–"
        : "%.0f / %.0f / %.0f"
            .formatted(
                Figures.quantile(seconds, 0.5),
                Figures.quantile(seconds, 0.95),
                Figures.quantile(seconds, 1));
  }
}

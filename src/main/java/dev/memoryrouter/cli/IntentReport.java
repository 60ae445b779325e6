package dev.memoryrouter.cli;

import dev.memoryrouter.cli.IntentFigures.Accuracy;
import dev.memoryrouter.routing.JudgedTurn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What `eval intents` prints.
final class IntentReport {
  private IntentReport() {}

  /// For people.
  static List<String> lines(IntentFigures figures) {
    List<String> lines = new ArrayList<>();
    lines.add(row("", "turns", "forced", "sure of", "right then"));
    lines.add(row("all", figures.overall()));
    figures.byIntent().forEach((name, accuracy) -> lines.add(row(name, accuracy)));
    figures.byDifficulty().forEach((name, accuracy) -> lines.add(row(name, accuracy)));
    figures.byLanguage().forEach((name, accuracy) -> lines.add(row(name, accuracy)));
    lines.add("");
    lines.add("true intent -> best intent");
    figures
        .confusion()
        .forEach(
            (name, counts) -> lines.add(String.format(Locale.ROOT, "  %-16s %s", name, counts)));
    lines.add("");
    lines.add(
        "ask for nothing: " + figures.idleKept() + " of " + figures.idleTurns() + " taken so");
    lines.add(
        String.format(
            Locale.ROOT,
            "milliseconds: p50 %.1f, p99 %.1f",
            figures.percentile(50),
            figures.percentile(99)));
    addMisses("wrong", figures.misses(), lines);
    addMisses("given an intent although they ask for nothing", figures.idleMisses(), lines);
    return lines;
  }

  private static void addMisses(String title, List<JudgedTurn> misses, List<String> lines) {
    if (!misses.isEmpty()) {
      lines.add("");
      lines.add(title + ":");
      misses.forEach(miss -> lines.add("  " + line(miss)));
    }
  }

  private static String line(JudgedTurn miss) {
    String scores =
        miss.result().scores().entrySet().stream()
            .map(it -> String.format(Locale.ROOT, "%s %.2f", it.getKey(), it.getValue()))
            .collect(Collectors.joining(", "));
    return miss.turn().id()
        + ": "
        + miss.turn().intent()
        + " -> "
        + miss.result().label()
        + (scores.isEmpty() ? "" : " (" + scores + ")");
  }

  private static String row(String name, Accuracy accuracy) {
    return row(
        name,
        String.valueOf(accuracy.turns()),
        percent(accuracy.forced()),
        percent(accuracy.coverage()),
        percent(accuracy.sure()));
  }

  private static String row(String name, String... cells) {
    return String.format(Locale.ROOT, "%-16s", name)
        + Arrays.stream(cells)
            .map(cell -> String.format(Locale.ROOT, "%12s", cell))
            .collect(Collectors.joining());
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /// For programs.
  static ObjectNode json(IntentFigures figures) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    Accuracy overall = figures.overall();
    put(json, overall);
    put(json.putObject("by_intent"), figures.byIntent());
    put(json.putObject("by_difficulty"), figures.byDifficulty());
    put(json.putObject("by_language"), figures.byLanguage());
    ObjectNode confusion = json.putObject("confusion");
    figures
        .confusion()
        .forEach((name, counts) -> counts.forEach(confusion.withObjectProperty(name)::put));
    json.putObject("nulls")
        .put("turns", figures.idleTurns())
        .put("stayed_null", figures.idleKept());
    json.putObject("ms")
        .put("p50", rounded(figures.percentile(50)))
        .put("p99", rounded(figures.percentile(99)));
    List<JudgedTurn> misses = new ArrayList<>(figures.misses());
    misses.addAll(figures.idleMisses());
    ArrayNode array = json.putArray("misses");
    misses.forEach(miss -> put(array.addObject(), miss));
    return json;
  }

  private static void put(ObjectNode json, Map<String, Accuracy> groups) {
    groups.forEach((name, accuracy) -> put(json.putObject(name), accuracy));
  }

  private static void put(ObjectNode json, Accuracy accuracy) {
    json.put("turns", accuracy.turns())
        .put("forced_accuracy", rounded(accuracy.forced()))
        .put("coverage", rounded(accuracy.coverage()))
        .put("sure_accuracy", rounded(accuracy.sure()));
  }

  private static void put(ObjectNode json, JudgedTurn miss) {
    json.put("id", miss.turn().id())
        .put("intent", miss.turn().intent())
        .put("best", miss.forced())
        .put("label", miss.result().label());
    ObjectNode scores = json.putObject("scores");
    miss.result().scores().forEach((name, score) -> scores.put(name, rounded(score)));
  }

  private static double rounded(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }
}

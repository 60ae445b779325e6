package dev.memoryrouter.cli;

import dev.memoryrouter.routing.JudgedTurn;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Figures about judged turns.
final class IntentFigures {
  private final List<JudgedTurn> asking;
  private final List<JudgedTurn> idle;
  private final List<JudgedTurn> all;

  IntentFigures(List<JudgedTurn> turns) {
    all = turns;
    asking = turns.stream().filter(it -> it.turn().intent() != null).toList();
    idle = turns.stream().filter(it -> it.turn().intent() == null).toList();
  }

  /// How well some turns that ask for something are told.
  ///
  /// @param forced share whose best intent is the true one, sure or not
  /// @param coverage share of which the classifier is sure
  /// @param sure share of right answers among those
  record Accuracy(int turns, double forced, double coverage, double sure) {
    static Accuracy of(List<JudgedTurn> turns) {
      List<JudgedTurn> sure = turns.stream().filter(JudgedTurn::sure).toList();
      return new Accuracy(
          turns.size(),
          share(turns, JudgedTurn::right),
          share(turns, JudgedTurn::sure),
          share(sure, JudgedTurn::right));
    }
  }

  Accuracy overall() {
    return Accuracy.of(asking);
  }

  Map<String, Accuracy> byIntent() {
    return by(it -> String.valueOf(it.turn().intent()));
  }

  Map<String, Accuracy> byDifficulty() {
    return by(it -> it.turn().difficulty());
  }

  /// English and other languages, as far as the words tell.
  Map<String, Accuracy> byLanguage() {
    return by(it -> EnglishText.is(it.turn().utterance().text()) ? "english" : "other languages");
  }

  private Map<String, Accuracy> by(Function<JudgedTurn, String> group) {
    Map<String, Accuracy> figures = new LinkedHashMap<>();
    asking.stream()
        .collect(Collectors.groupingBy(group, TreeMap::new, Collectors.toList()))
        .forEach((name, turns) -> figures.put(name, Accuracy.of(turns)));
    return figures;
  }

  /// By true intent: how often each intent came out best.
  Map<String, Map<String, Long>> confusion() {
    return asking.stream()
        .collect(
            Collectors.groupingBy(
                it -> String.valueOf(it.turn().intent()),
                TreeMap::new,
                Collectors.groupingBy(JudgedTurn::forced, TreeMap::new, Collectors.counting())));
  }

  /// Turns that ask for something and whose best intent is a wrong one.
  List<JudgedTurn> misses() {
    return asking.stream().filter(it -> !it.right()).toList();
  }

  int idleTurns() {
    return idle.size();
  }

  /// Turns that ask for nothing and are taken so.
  long idleKept() {
    return idle.stream().filter(JudgedTurn::idle).count();
  }

  /// Turns that ask for nothing and are given an intent.
  List<JudgedTurn> idleMisses() {
    return idle.stream().filter(it -> !it.idle()).toList();
  }

  /// Milliseconds that so many percent of all turns took at most.
  double percentile(int percent) {
    long[] nanos = all.stream().mapToLong(JudgedTurn::nanos).sorted().toArray();
    int rank = (int) Math.ceil(percent / 100.0 * nanos.length);
    return Arrays.stream(nanos).skip(Math.max(0, rank - 1)).findFirst().orElse(0) / 1e6;
  }

  private static double share(List<JudgedTurn> turns, Predicate<JudgedTurn> predicate) {
    return turns.isEmpty() ? 0 : (double) turns.stream().filter(predicate).count() / turns.size();
  }
}

package dev.memoryrouter.routing;

import com.google.re2j.Pattern;
import dev.memoryrouter.conversation.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Whether a condition holds, and the value that decided it. Values never have prompt text or the
/// content of headers.
record Verdict(boolean holds, String value) {

  static Verdict of(Condition condition, Signals signals) {
    return switch (condition) {
      case Condition.Always() -> new Verdict(true, "always");
      case Condition.Intent(var labels) -> intent(labels.contains(label(signals)), signals);
      case Condition.IntentScore(double min, double max) ->
          intent(signals.intent().score() >= min && signals.intent().score() <= max, signals);
      case Condition.Turn(var kinds) ->
          new Verdict(kinds.contains(signals.turn()), "turn=" + signals.turn().label());
      case Condition.ModeIs(var modes) -> mode(modes, signals);
      case Condition.Client(var kinds) ->
          new Verdict(kinds.contains(signals.client()), "client=" + signals.client().label());
      case Condition.Model(var names) ->
          new Verdict(
              names.contains(signals.requestedModel()), "model=" + signals.requestedModel());
      case Condition.Bank(var names) -> bank(names, signals);
      case Condition.Tokens(int min, int max) -> count("tokens", signals.tokens(), min, max);
      case Condition.Images(int min, int max) -> count("images", signals.images(), min, max);
      case Condition.Tools(int min, int max) -> count("tools", signals.tools(), min, max);
      case Condition.Header(String name, Pattern pattern) -> header(name, pattern, signals);
      case Condition.Text(Pattern pattern) -> text(pattern, signals);
      case Condition.All(var parts) -> all(List.copyOf(parts), signals);
      case Condition.Any(var parts) -> any(List.copyOf(parts), signals);
      case Condition.Not(Condition part) -> {
        Verdict inner = of(part, signals);
        yield new Verdict(!inner.holds, "not " + inner.value);
      }
    };
  }

  private static String label(Signals signals) {
    return signals.intent().label();
  }

  private static Verdict intent(boolean holds, Signals signals) {
    return new Verdict(
        holds,
        String.format(Locale.ROOT, "intent=%s (%.2f)", label(signals), signals.intent().score()));
  }

  private static Verdict mode(Set<Mode> modes, Signals s) {
    var mode = s.mode();
    return mode == null
        ? new Verdict(false, "mode=none")
        : new Verdict(modes.contains(mode), "mode=" + mode.label());
  }

  private static Verdict bank(Set<String> names, Signals signals) {
    String bank = signals.bank();
    return bank == null
        ? new Verdict(false, "bank=none")
        : new Verdict(names.contains(bank), "bank=" + bank);
  }

  private static Verdict count(String name, int value, int min, int max) {
    return new Verdict(value >= min && value <= max, name + "=" + value);
  }

  private static Verdict header(String name, Pattern pattern, Signals signals) {
    String value = signals.headers().get(name);
    if (value == null) {
      return new Verdict(false, "header " + name + " absent");
    }
    boolean found = pattern.matcher(value).find();
    return new Verdict(found, "header " + name + (found ? " matches" : " differs"));
  }

  private static Verdict text(Pattern pattern, Signals signals) {
    String text = signals.humanText();
    String head = text.substring(0, Math.min(text.length(), Condition.Text.LIMIT));
    boolean found = !head.isEmpty() && pattern.matcher(head).find();
    return new Verdict(found, found ? "text matches" : "text differs");
  }

  /// The first part that fails decides; if none does, all do.
  private static Verdict all(List<Condition> parts, Signals signals) {
    List<String> values = new ArrayList<>();
    for (Condition part : parts) {
      Verdict verdict = of(part, signals);
      if (!verdict.holds) {
        return verdict;
      }
      values.add(verdict.value);
    }
    return new Verdict(true, String.join(", ", values));
  }

  /// The first part that holds decides; if none does, all do.
  private static Verdict any(List<Condition> parts, Signals signals) {
    List<String> values = new ArrayList<>();
    for (Condition part : parts) {
      Verdict verdict = of(part, signals);
      if (verdict.holds) {
        return verdict;
      }
      values.add(verdict.value);
    }
    return new Verdict(false, String.join(", ", values));
  }
}

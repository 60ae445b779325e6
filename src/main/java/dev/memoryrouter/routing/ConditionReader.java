package dev.memoryrouter.routing;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.memoryrouter.conversation.ClientKind;
import dev.memoryrouter.conversation.Mode;
import dev.memoryrouter.conversation.TurnKind;
import dev.memoryrouter.files.NearestName;
import dev.memoryrouter.files.YamlMap;
import dev.memoryrouter.files.YamlValue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Reads the `when` of a rule.
final class ConditionReader {
  private final Set<String> intents;

  /// @param intents names of the configured intents
  ConditionReader(Set<String> intents) {
    this.intents = intents;
  }

  /// The condition; [Condition.Always] for an empty map.
  Condition read(YamlValue when) {
    YamlMap map = when.map();
    List<Condition> parts = new ArrayList<>();
    labels(map.at("intent")).ifPresent(parts::add);
    names(map, "turn", List.of(TurnKind.values()), TurnKind::label, Condition.Turn::new)
        .ifPresent(parts::add);
    names(map, "mode", List.of(Mode.values()), Mode::label, Condition.ModeIs::new)
        .ifPresent(parts::add);
    names(map, "client", List.of(ClientKind.values()), ClientKind::label, Condition.Client::new)
        .ifPresent(parts::add);
    texts(map, "model", Condition.Model::new).ifPresent(parts::add);
    texts(map, "bank", Condition.Bank::new).ifPresent(parts::add);
    score(map.at("intent-score")).ifPresent(parts::add);
    count(map, "tokens", Condition.Tokens::new).ifPresent(parts::add);
    count(map, "images", Condition.Images::new).ifPresent(parts::add);
    count(map, "tools", Condition.Tools::new).ifPresent(parts::add);
    parts.addAll(headers(map.at("header")));
    pattern(map.at("text")).map(Condition.Text::new).ifPresent(parts::add);
    several(map, "all", Condition.All::new).ifPresent(parts::add);
    several(map, "any", Condition.Any::new).ifPresent(parts::add);
    negation(map.at("not")).ifPresent(parts::add);
    requireValues(map);
    map.rejectUnknownKeys();
    return combined(parts);
  }

  /// A key without a value must not vanish: the rule would hold for more than its author meant.
  private static void requireValues(YamlMap map) {
    map.entries()
        .forEach((key, value) -> {
          if (map.askedKeys().contains(key)) {
            value.required();
          }
        });
  }

  private static Condition combined(List<Condition> parts) {
    return switch (parts.size()) {
      case 0 -> new Condition.Always();
      case 1 -> parts.getFirst();
      default -> new Condition.All(new LinkedHashSet<>(parts));
    };
  }

  private Optional<Condition> labels(YamlValue value) {
    if (!value.present()) {
      return Optional.empty();
    }
    Set<String> known = new LinkedHashSet<>(intents);
    known.add(IntentResult.UNSURE);
    known.add(IntentResult.NONE);
    Set<String> labels = new LinkedHashSet<>();
    for (YamlValue item : someOf(value)) {
      String label = item.required().text().map(String::strip).orElse("");
      if (!label.isEmpty() && !known.contains(label)) {
        item.problem("no intent is named \"" + label + "\"; " + NearestName.hint(label, known));
      }
      labels.add(label);
    }
    return Optional.of(new Condition.Intent(labels));
  }

  private static <E> Optional<Condition> names(
      YamlMap map,
      String key,
      List<E> values,
      Function<E, String> name,
      Function<Set<E>, Condition> condition) {
    YamlValue value = map.at(key);
    if (!value.present()) {
      return Optional.empty();
    }
    Set<E> found = new LinkedHashSet<>();
    for (YamlValue item : someOf(value)) {
      item.required().oneOf(values, name).ifPresent(found::add);
    }
    return Optional.of(condition.apply(found));
  }

  private static Optional<Condition> texts(
      YamlMap map, String key, Function<Set<String>, Condition> condition) {
    YamlValue value = map.at(key);
    if (!value.present()) {
      return Optional.empty();
    }
    Set<String> found = new LinkedHashSet<>();
    for (YamlValue item : someOf(value)) {
      item.required().text().map(String::strip).ifPresent(found::add);
    }
    return Optional.of(condition.apply(found));
  }

  /// The items of a list that must not be empty.
  private static List<YamlValue> someOf(YamlValue value) {
    List<YamlValue> items = value.listOrSingle();
    if (items.isEmpty()) {
      value.problem("needs at least one value; this would never hold");
    }
    return items;
  }

  private static Optional<Condition> score(YamlValue value) {
    YamlMap bounds = value.map();
    double min = bounds.at("min").number(0, 1).orElse(0.0);
    double max = bounds.at("max").number(0, 1).orElse(1.0);
    checkBounds(value, min > max);
    return value.present() ? Optional.of(new Condition.IntentScore(min, max)) : Optional.empty();
  }

  private static Optional<Condition> count(
      YamlMap map, String key, BiFunction<Integer, Integer, Condition> condition) {
    YamlValue value = map.at(key);
    YamlMap bounds = value.map();
    int min = bounds.at("min").integer(0, Integer.MAX_VALUE).orElse(0);
    int max = bounds.at("max").integer(0, Integer.MAX_VALUE).orElse(Integer.MAX_VALUE);
    checkBounds(value, min > max);
    return value.present() ? Optional.of(condition.apply(min, max)) : Optional.empty();
  }

  private static void checkBounds(YamlValue value, boolean crossed) {
    YamlMap bounds = value.map();
    if (value.present() && !bounds.absent() && bounds.entries().isEmpty()) {
      value.problem("needs min, max or both");
    }
    requireValues(bounds);
    if (crossed) {
      value.problem("min is larger than max; this would never hold");
    }
    bounds.rejectUnknownKeys();
  }

  private static List<Condition> headers(YamlValue value) {
    YamlMap headers = value.map();
    if (!headers.absent() && headers.entries().isEmpty()) {
      value.problem("needs the name of a header with a regular expression");
    }
    List<Condition> parts = new ArrayList<>();
    headers
        .entries()
        .forEach((name, pattern) ->
            pattern(pattern.required())
                .map(regex -> new Condition.Header(name.toLowerCase(Locale.ROOT), regex))
                .ifPresent(parts::add));
    return parts;
  }

  private static Optional<Pattern> pattern(YamlValue value) {
    return value.text().flatMap(regex -> compiled(value, regex));
  }

  private static Optional<Pattern> compiled(YamlValue value, String regex) {
    long repeats = NestedRepeats.in(regex);
    if (repeats > NestedRepeats.MOST) {
      value.problem(
          "repeats within repeats make "
              + repeats
              + " copies, more than "
              + NestedRepeats.MOST
              + "; use smaller counts, or * and +");
      return Optional.empty();
    }
    try {
      return Optional.of(Pattern.compile(regex, Pattern.CASE_INSENSITIVE));
    } catch (PatternSyntaxException e) {
      value.problem(
          "not a valid regular expression (RE2 syntax: no look-around, no back-references): "
              + e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<Condition> several(
      YamlMap map, String key, Function<Set<Condition>, Condition> condition) {
    YamlValue value = map.at(key);
    if (!value.present()) {
      return Optional.empty();
    }
    Set<Condition> parts = new LinkedHashSet<>();
    for (YamlValue item : value.list()) {
      parts.add(nested(item));
    }
    if (parts.isEmpty()) {
      value.problem("needs a list of conditions, such as [{mode: plan}, {turn: first}]");
    }
    return Optional.of(condition.apply(parts));
  }

  private Optional<Condition> negation(YamlValue value) {
    return value.present() ? Optional.of(new Condition.Not(nested(value))) : Optional.empty();
  }

  private Condition nested(YamlValue value) {
    Condition condition = read(value.required());
    if (condition instanceof Condition.Always && value.map().entries().isEmpty()) {
      value.problem("needs a condition");
    }
    return condition;
  }
}

package dev.memoryrouter.files;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/// A value at its place in a file, possibly absent. Typed reads return empty for an absent value
/// and for a wrong one; a wrong one is recorded as a problem. Scalars are read as the text that
/// stands in the file, so that `off` is a word where a word is expected. Not thread-safe.
public final class YamlValue {
  private final YamlSource source;
  private final String path;
  private final int line;
  private final @Nullable Node node;
  private final @Nullable String variable;
  private final boolean wanted;
  private @Nullable YamlMap map;
  private @Nullable List<YamlValue> items;

  private YamlValue(
      YamlSource source,
      String path,
      int line,
      @Nullable Node node,
      @Nullable String variable,
      boolean wanted) {
    this.source = source;
    this.path = path;
    this.line = line;
    this.node = node;
    this.variable = variable;
    this.wanted = wanted;
  }

  static YamlValue of(YamlSource source, String path, int line, Node node) {
    return new YamlValue(source, path, line, node, null, true);
  }

  /// A value that the file does not have.
  ///
  /// @param wanted whether the map around it exists, so that the value may be called missing
  static YamlValue absent(YamlSource source, String path, int line, boolean wanted) {
    return new YamlValue(source, path, line, null, null, wanted);
  }

  static YamlValue ofVariable(YamlSource source, String name) {
    return new YamlValue(
        source.forVariables(), name, 0, null, source.environment().apply(name), false);
  }

  /// Whether something stands there; a key without value is absent.
  public boolean present() {
    return variable != null || (node != null && !isNull(node));
  }

  /// Whether keys with values stand there.
  public boolean isMap() {
    return node instanceof MappingNode;
  }

  /// Records a problem when nothing stands there.
  public YamlValue required() {
    if (!present()) {
      if (wanted) {
        problem(node == null ? "missing" : "has no value");
      }
    } else if (node instanceof ScalarNode && filled().filter(String::isBlank).isPresent()) {
      problem("is empty");
    }
    return this;
  }

  /// 1-based line; of the map around it when absent.
  public int line() {
    return line;
  }

  /// Records a problem at this place.
  public void problem(String message) {
    source.add(line, path, message);
  }

  /// A remark on this place, for lists other than that of problems.
  public ConfigProblem remark(String message) {
    return new ConfigProblem(source.file(), line, path, message);
  }

  /// A text that is not blank.
  public Optional<String> text() {
    return filled().filter(text -> !text.isBlank());
  }

  /// A whole number within bounds, both inclusive.
  public Optional<Integer> integer(int min, int max) {
    return parsed(
        "a whole number from " + min + " to " + max,
        text ->
            text.matches("[+-]?[0-9][0-9_]{0,14}")
                ? Optional.of(Long.parseLong(text.replace("_", "")))
                    .filter(value -> value >= min && value <= max)
                    .map(Long::intValue)
                : Optional.empty());
  }

  /// A number within bounds, both inclusive.
  public Optional<Double> number(double min, double max) {
    return parsed(
        "a number from " + plain(min) + " to " + plain(max),
        text ->
            text.matches("[+-]?[0-9]{1,15}(\\.[0-9]{1,15})?")
                ? Optional.of(Double.parseDouble(text)).filter(v -> v >= min && v <= max)
                : Optional.empty());
  }

  /// `true` or `false`; also `on off yes no`.
  public Optional<Boolean> flag() {
    return parsed(
        "true or false",
        text ->
            switch (text) {
              case "true", "on", "yes" -> Optional.of(true);
              case "false", "off", "no" -> Optional.of(false);
              default -> Optional.empty();
            });
  }

  /// A duration such as `500ms 5s 30m 2h 1d` within bounds, both inclusive.
  public Optional<Duration> duration(Duration min, Duration max) {
    return parsed(
        "a duration from "
            + Quantities.format(min)
            + " to "
            + Quantities.format(max)
            + ", such as 500ms, 5s, 30m, 2h",
        text ->
            Quantities.duration(text)
                .filter(value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0));
  }

  /// A size in bytes such as `64MB 24GB`, at least `min`. A MB is 1,048,576 bytes.
  public Optional<Long> size(long min) {
    return parsed(
        "a size of at least " + Quantities.format(min) + ", such as 64MB, 24GB",
        text -> Quantities.size(text).filter(value -> value >= min));
  }

  /// One of some values by its name.
  public <E> Optional<E> oneOf(List<E> values, Function<E, String> name) {
    Optional<String> text = text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String asked = text.get().strip();
    Optional<E> found = values.stream().filter(value -> name.apply(value).equals(asked)).findAny();
    if (found.isEmpty()) {
      List<String> names = values.stream().map(name).toList();
      String nearest =
          NearestName.of(asked, names).map(near -> "; did you mean \"" + near + "\"?").orElse("");
      problem("found \"" + asked + "\", expected one of " + String.join(", ", names) + nearest);
    }
    return found;
  }

  /// The items of a list; none when absent.
  public List<YamlValue> list() {
    return list(false);
  }

  /// The items of a list, or a single value as a list of one; none when absent.
  public List<YamlValue> listOrSingle() {
    return list(true);
  }

  /// The texts of a list without blanks around them, or a single text as a list of one.
  public List<String> texts() {
    List<String> texts = new ArrayList<>();
    for (YamlValue item : listOrSingle()) {
      item.required().text().map(String::strip).ifPresent(texts::add);
    }
    return List.copyOf(texts);
  }

  /// The map that stands there. An absent one is empty and nothing is required of it.
  public YamlMap map() {
    YamlMap known = map;
    if (known == null) {
      known = newMap();
      map = known;
    }
    return known;
  }

  private YamlMap newMap() {
    if (present() && node instanceof MappingNode mapping) {
      return YamlMap.of(source, path, mapping);
    }
    if (present()) {
      problem("found " + found() + ", expected keys with values");
    }
    return YamlMap.absent(source, path, line);
  }

  /// Free data: maps, lists, texts, numbers and booleans as YAML writes them.
  public Optional<Object> data() {
    return switch (node) {
      case MappingNode _ -> {
        Map<String, Object> values = new LinkedHashMap<>();
        map().entries().forEach((key, value) -> value.data().ifPresent(v -> values.put(key, v)));
        yield Optional.of(values);
      }
      case SequenceNode _ -> Optional.of(list().stream().flatMap(v -> v.data().stream()).toList());
      case ScalarNode scalar when scalar.getScalarStyle() == ScalarStyle.PLAIN ->
          text().map(YamlValue::typed);
      case null, default -> text().map(text -> text);
    };
  }

  private static Object typed(String text) {
    if (text.equals("true") || text.equals("false")) {
      return Boolean.valueOf(text);
    }
    if (text.matches("[+-]?[0-9]{1,9}")) {
      return Integer.valueOf(text);
    }
    if (text.matches("[+-]?[0-9]{1,18}")) {
      return Long.valueOf(text);
    }
    return text.matches("[+-]?[0-9]{1,15}\\.[0-9]{1,15}") ? (Object) Double.valueOf(text) : text;
  }

  private List<YamlValue> list(boolean singleAllowed) {
    if (!present()) {
      return List.of();
    }
    if (node instanceof SequenceNode sequence) {
      List<YamlValue> known = items;
      if (known == null) {
        known = new ArrayList<>();
        for (Node item : sequence.getValue()) {
          int itemLine = item.getStartMark().getLine() + 1;
          known.add(of(source, path + "[" + known.size() + "]", itemLine, item));
        }
        items = known;
      }
      return known;
    }
    if (singleAllowed) {
      return List.of(this);
    }
    problem("found " + found() + ", expected a list");
    return List.of();
  }

  private <T> Optional<T> parsed(String expected, Function<String, Optional<T>> parser) {
    Optional<String> text = text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<T> value = parser.apply(text.get().strip());
    if (value.isEmpty()) {
      problem("found \"" + text.get() + "\", expected " + expected);
    }
    return value;
  }

  /// The text with its placeholders filled; empty when there is none.
  private Optional<String> filled() {
    if (variable != null) {
      return Optional.of(variable);
    }
    if (node == null || isNull(node)) {
      return Optional.empty();
    }
    if (!(node instanceof ScalarNode scalar)) {
      problem("found " + found() + ", expected a single value");
      return Optional.empty();
    }
    try {
      return Optional.of(new Placeholders(source.environment()).fill(scalar.getValue()));
    } catch (IllegalArgumentException e) {
      problem(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static boolean isNull(Node node) {
    return node instanceof ScalarNode scalar
        && scalar.getScalarStyle() == ScalarStyle.PLAIN
        && Tag.NULL.equals(scalar.getTag());
  }

  private String found() {
    return switch (node) {
      case MappingNode _ -> "keys with values";
      case SequenceNode _ -> "a list";
      case ScalarNode scalar -> "\"" + scalar.getValue() + "\"";
      case null, default -> "nothing";
    };
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }
}

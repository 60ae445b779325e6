package dev.memoryrouter.files;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/// Keys with values at their place in a file. It remembers which keys were asked for, so that all
/// others can be reported as unknown; what a reader asks for is thereby the list of valid keys.
/// Problems of the whole document gather in [#problems]. Not thread-safe.
public final class YamlMap {
  private final YamlSource source;
  private final String path;
  private final int line;
  private final boolean absent;
  private final Map<String, YamlValue> values = new LinkedHashMap<>();
  private final Map<String, YamlValue> missing = new LinkedHashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();

  private YamlMap(YamlSource source, String path, int line, boolean absent) {
    this.source = source;
    this.path = path;
    this.line = line;
    this.absent = absent;
  }

  static YamlMap of(YamlSource source, String path, MappingNode node) {
    YamlMap map = new YamlMap(source, path, node.getStartMark().getLine() + 1, false);
    for (NodeTuple tuple : node.getValue()) {
      map.put(tuple);
    }
    return map;
  }

  static YamlMap empty(YamlSource source) {
    return new YamlMap(source, "", 1, false);
  }

  static YamlMap absent(YamlSource source, String path, int line) {
    return new YamlMap(source, path, line, true);
  }

  private void put(NodeTuple tuple) {
    int keyLine = tuple.getKeyNode().getStartMark().getLine() + 1;
    if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
      source.add(keyLine, path, "a key must be a single word, not a list or a map");
      return;
    }
    String name = key.getValue();
    YamlValue value = YamlValue.of(source, child(name), keyLine, tuple.getValueNode());
    YamlValue first = values.putIfAbsent(name, value);
    if (first != null) {
      value.problem("stands twice in one place; first on line " + first.line());
    }
  }

  /// Whether the file has no such map.
  public boolean absent() {
    return absent;
  }

  /// The value of a key, which thereby is a valid key.
  public YamlValue at(String key) {
    asked.add(key);
    YamlValue value = values.get(key);
    return value != null
        ? value
        : missing.computeIfAbsent(
            key, name -> YamlValue.absent(source, child(name), line, !absent));
  }

  /// All keys with their values, for maps whose keys are free names.
  public Map<String, YamlValue> entries() {
    return Collections.unmodifiableMap(values);
  }

  /// An environment variable, read like a value of this file.
  public YamlValue variable(String name) {
    return YamlValue.ofVariable(source, name);
  }

  /// Reports every key that nobody asked for.
  public void rejectUnknownKeys() {
    values.forEach((key, value) -> {
      if (!asked.contains(key)) {
        value.problem("unknown key; " + NearestName.hint(key, asked));
      }
    });
  }

  /// The keys asked for so far, whether present or not.
  public Set<String> askedKeys() {
    return Collections.unmodifiableSet(asked);
  }

  /// What was found wrong in the whole document so far.
  public List<ConfigProblem> problems() {
    return source.problems();
  }

  private String child(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}

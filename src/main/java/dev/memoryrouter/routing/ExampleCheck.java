package dev.memoryrouter.routing;

import dev.memoryrouter.files.ConfigProblem;
import dev.memoryrouter.files.YamlMap;
import dev.memoryrouter.files.YamlValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Finds examples that stand under two intents, from which nothing can be learnt.
public final class ExampleCheck {
  /// Words by which sentences may differ and still say the same.
  private static final Set<String> FILLERS =
      Set.of("a", "an", "the", "this", "that", "my", "our", "please", "pls", "now", "?", "!");

  private ExampleCheck() {}

  /// A warning for each example that also stands, apart from small words, their order and the
  /// punctuation, under an earlier intent.
  ///
  /// @param root of `routing.yaml`
  public static List<ConfigProblem> warnings(YamlMap root) {
    Map<Object, Place> first = new HashMap<>();
    List<ConfigProblem> warnings = new ArrayList<>();
    root.at("intents")
        .map()
        .entries()
        .forEach((intent, value) -> {
          for (YamlValue item : value.map().at("examples").listOrSingle()) {
            Place place = new Place(intent, item);
            Place earlier = first.putIfAbsent(key(item), place);
            if (earlier != null && !earlier.intent().equals(intent)) {
              warnings.add(item.remark(earlier.contradiction()));
            }
          }
        });
    return warnings;
  }

  private static List<Object> key(YamlValue item) {
    YamlMap map = item.isMap() ? item.map() : null;
    String text = (map == null ? item : map.at("text")).text().orElse("");
    Set<String> words = new TreeSet<>(WordFeatures.words(text));
    words.removeAll(FILLERS);
    String mode = map == null ? "" : map.at("mode").text().orElse("");
    String images = map == null ? "" : map.at("images").text().orElse("");
    return List.of(words.isEmpty() ? Set.of(text) : words, mode, images);
  }

  private record Place(String intent, YamlValue value) {
    String contradiction() {
      return "contradicts the example on line "
          + value.line()
          + ", which says the same under \""
          + intent
          + "\"";
    }
  }
}

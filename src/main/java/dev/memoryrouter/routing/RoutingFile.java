package dev.memoryrouter.routing;

import dev.memoryrouter.conversation.Mode;
import dev.memoryrouter.files.YamlMap;
import dev.memoryrouter.files.YamlValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads `routing.yaml`. Problems gather in the map; when there are any, what was read must not be
/// used. Names of models and banks are checked elsewhere, where both are known.
public final class RoutingFile {
  /// The alias when the file has none.
  public static final String DEFAULT_ALIAS = "cline-memory-router";

  private static final Set<String> RESERVED_INTENTS =
      Set.of(IntentResult.UNSURE, IntentResult.NONE);

  /// Names that answers use for decisions without a rule.
  private static final Set<String> RESERVED_RULES =
      Set.of(RouteChoice.DEFAULT, "explicit-model", "sticky", "fallback");

  private final YamlMap root;

  private RoutingFile(YamlMap root) {
    this.root = root;
  }

  /// The content of the file.
  public static RoutingConfig read(YamlMap root) {
    return new RoutingFile(root).read();
  }

  private RoutingConfig read() {
    String alias = root.at("alias").text().map(String::strip).orElse(DEFAULT_ALIAS);
    List<String> aliases = root.at("aliases").texts();
    Map<String, IntentSettings> intents = intents();
    List<RoutingRule> rules = rules(intents.keySet());
    String defaultModel = root.at("default").required().text().map(String::strip).orElse("");
    Map<String, List<String>> fallbacks = fallbacks();
    Stickiness stickiness = stickiness();
    boolean record = root.at("record").flag().orElse(false);
    root.rejectUnknownKeys();
    return new RoutingConfig(
        alias, aliases, intents, rules, defaultModel, fallbacks, stickiness, record);
  }

  private Map<String, IntentSettings> intents() {
    Map<String, IntentSettings> intents = new LinkedHashMap<>();
    root.at("intents")
        .map()
        .entries()
        .forEach((name, value) -> intents.put(name, intent(name, value)));
    return intents;
  }

  private static IntentSettings intent(String name, YamlValue value) {
    if (RESERVED_INTENTS.contains(name)) {
      value.problem("\"" + name + "\" is what turns without a clear intent are called");
    }
    checkName(name, value);
    YamlMap map = value.required().map();
    String description = map.at("description").text().orElse("");
    List<Utterance> examples = examples(map.at("examples"));
    List<String> keywords = map.at("keywords").texts();
    if (!map.absent() && examples.isEmpty() && keywords.isEmpty()) {
      value.problem("needs examples or keywords, else no turn can have this intent");
    }
    map.rejectUnknownKeys();
    return new IntentSettings(name, description, examples, keywords);
  }

  private static List<Utterance> examples(YamlValue value) {
    List<Utterance> examples = new ArrayList<>();
    for (YamlValue item : value.listOrSingle()) {
      example(item.required()).filter(it -> !it.text().isEmpty()).ifPresent(examples::add);
    }
    return examples;
  }

  /// A sentence, or a map of one with what came with it.
  private static Optional<Utterance> example(YamlValue value) {
    if (!value.isMap()) {
      return value.text().map(String::strip).map(Utterance::of);
    }
    YamlMap map = value.map();
    String text = map.at("text").required().text().map(String::strip).orElse("");
    Mode mode = map.at("mode").oneOf(List.of(Mode.values()), Mode::label).orElse(null);
    int images = map.at("images").integer(0, Integer.MAX_VALUE).orElse(0);
    map.rejectUnknownKeys();
    return Optional.of(new Utterance(text, mode, images));
  }

  private List<RoutingRule> rules(Set<String> intents) {
    ConditionReader conditions = new ConditionReader(intents);
    List<RoutingRule> rules = new ArrayList<>();
    Map<String, Integer> lines = new LinkedHashMap<>();
    for (YamlValue item : root.at("rules").list()) {
      RoutingRule rule = rule(item.required(), conditions);
      YamlValue name = item.map().at("name");
      Integer first = lines.putIfAbsent(rule.name(), name.line());
      if (first != null && !rule.name().isEmpty()) {
        name.problem("another rule is named \"" + rule.name() + "\", on line " + first);
      }
      rules.add(rule);
    }
    return rules;
  }

  private static RoutingRule rule(YamlValue item, ConditionReader conditions) {
    YamlMap map = item.map();
    YamlValue name = map.at("name").required();
    String text = name.text().map(String::strip).orElse("");
    if (!text.isEmpty()) {
      checkName(text, name);
    }
    if (RESERVED_RULES.contains(text)) {
      name.problem("\"" + text + "\" has a meaning of its own in answers; choose another name");
    }
    RoutingRule rule =
        new RoutingRule(
            text,
            conditions.read(map.at("when").required()),
            map.at("route").required().text().map(String::strip).orElse(""),
            map.at("priority").oneOf(List.of(Priority.values()), Priority::label).orElse(null));
    map.rejectUnknownKeys();
    return rule;
  }

  private Map<String, List<String>> fallbacks() {
    Map<String, List<String>> fallbacks = new LinkedHashMap<>();
    root.at("fallbacks")
        .map()
        .entries()
        .forEach((model, value) -> fallbacks.put(model, value.texts()));
    return fallbacks;
  }

  private Stickiness stickiness() {
    YamlMap map = root.at("stickiness").map();
    Stickiness stickiness =
        new Stickiness(
            map.at("switch-margin").number(0, 1).orElse(Stickiness.DEFAULT.switchMargin()),
            map.at("resident-bonus").number(0, 1).orElse(Stickiness.DEFAULT.residentBonus()));
    map.rejectUnknownKeys();
    return stickiness;
  }

  /// These names travel in headers.
  private static void checkName(String name, YamlValue value) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      value.problem("a name has letters, digits and . _ - and begins with a letter or digit");
    }
  }
}

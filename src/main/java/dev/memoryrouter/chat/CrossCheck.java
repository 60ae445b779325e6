package dev.memoryrouter.chat;

import dev.memoryrouter.files.ConfigProblem;
import dev.memoryrouter.files.NearestName;
import dev.memoryrouter.files.YamlMap;
import dev.memoryrouter.files.YamlValue;
import dev.memoryrouter.routing.Condition;
import dev.memoryrouter.routing.ConditionLogic;
import dev.memoryrouter.routing.ExampleCheck;
import dev.memoryrouter.routing.RoutingConfig;
import dev.memoryrouter.tokens.TokenCounters;
import dev.memoryrouter.upstream.ModelSettings;
import dev.memoryrouter.upstream.ModelsConfig;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Checks what no file can check alone: names that one file uses and another defines, names given
/// twice, rules that no request can reach.
final class CrossCheck {
  private final ModelsConfig models;
  private final RoutingConfig routing;
  private final List<String> banks;
  private final List<String> published;
  private final List<ConfigProblem> warnings = new ArrayList<>();

  CrossCheck(ServerSettings server, ModelsConfig models, RoutingConfig routing) {
    this.models = models;
    this.routing = routing;
    this.banks = Configuration.bankNames(server.banks());
    this.published = Configuration.modelNames(routing, banks, models).published();
  }

  /// Adds problems to the maps and returns the warnings.
  List<ConfigProblem> run(YamlMap modelsMap, YamlMap routingMap) {
    checkTargets(routingMap);
    checkAliases(routingMap);
    checkModelNames(modelsMap.at("models").map());
    checkTokenizers(modelsMap.at("models").map());
    List<YamlValue> rules = routingMap.at("rules").list();
    for (int i = 0; i < rules.size(); i++) {
      checkWhen(rules.get(i).map().at("when"));
      checkReachable(i, rules.get(i));
    }
    warnings.addAll(ExampleCheck.warnings(routingMap));
    return warnings;
  }

  private void checkTargets(YamlMap root) {
    checkModel(root.at("default"));
    root.at("rules").list().forEach(rule -> checkModel(rule.map().at("route")));
    root.at("fallbacks")
        .map()
        .entries()
        .forEach((key, value) -> {
          if (!models.models().containsKey(key)) {
            value.problem(unknownModel(key));
          }
          value.listOrSingle().forEach(this::checkModel);
          if (routing.fallbacksOf(key).contains(key)) {
            value.problem("a model cannot stand in for itself");
          }
        });
  }

  private void checkModel(YamlValue value) {
    value
        .text()
        .map(String::strip)
        .filter(name -> !models.models().containsKey(name))
        .ifPresent(name -> value.problem(unknownModel(name)));
  }

  private String unknownModel(String name) {
    return "no model is named \""
        + name
        + "\" in models.yaml; "
        + NearestName.hint(name, models.models().keySet());
  }

  private void checkAliases(YamlMap root) {
    Set<String> seen = new HashSet<>();
    Set<String> modelNames = new HashSet<>(models.models().keySet());
    models.models().values().forEach(model -> modelNames.addAll(model.names()));
    List<YamlValue> values = new ArrayList<>(List.of(root.at("alias")));
    values.addAll(root.at("aliases").listOrSingle());
    for (YamlValue value : values) {
      String alias = value.text().map(String::strip).orElse(routing.alias());
      ClientNameTraps.check(alias, value);
      if (!alias.matches("[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")) {
        value.problem("a name has letters, digits and . _ : - and begins with a letter or digit");
      }
      if (!seen.add(alias)) {
        value.problem("the alias \"" + alias + "\" stands twice");
      }
      if (modelNames.contains(alias)) {
        value.problem("\"" + alias + "\" is also the name of a model; choose another");
      }
    }
  }

  /// A name of two models: a mistake on one upstream, where one model has one context; otherwise it
  /// only matters for who asks by that name.
  private void checkModelNames(YamlMap section) {
    Map<String, ModelSettings> first = new HashMap<>(models.models());
    for (ModelSettings model : models.models().values()) {
      YamlValue value = section.at(model.key()).map().at("name");
      for (String name : model.names()) {
        ModelSettings other = first.putIfAbsent(name, model);
        if (other == null || other.key().equals(model.key())) {
          continue;
        }
        if (name.equals(other.key())
            || !Collections.disjoint(other.upstreams(), model.upstreams())) {
          value.problem("\"" + name + "\" is also a name of the model \"" + other.key() + "\"");
        } else {
          warnings.add(
              value.remark(
                  "\""
                      + name
                      + "\" is also a name of \""
                      + other.key()
                      + "\", which answers to it"));
        }
      }
    }
  }

  /// A vocabulary is read here, so that a bad path is told before a request needs it.
  private void checkTokenizers(YamlMap section) {
    for (ModelSettings model : models.models().values()) {
      if (!model.tokenizer().startsWith("file:")) {
        continue;
      }
      try {
        TokenCounters.of(model.tokenizer());
      } catch (IllegalArgumentException | UncheckedIOException e) {
        section.at(model.key()).map().at("tokenizer").problem(String.valueOf(e.getMessage()));
      }
    }
  }

  private void checkWhen(YamlValue when) {
    YamlMap map = when.map();
    checkNames(map.at("bank"), "bank", banks);
    checkNames(map.at("model"), "published model", published);
    map.at("all").listOrSingle().forEach(this::checkWhen);
    map.at("any").listOrSingle().forEach(this::checkWhen);
    if (map.at("not").present()) {
      checkWhen(map.at("not"));
    }
  }

  private static void checkNames(YamlValue value, String kind, Collection<String> known) {
    for (YamlValue item : value.listOrSingle()) {
      String name = item.text().map(String::strip).orElse("");
      if (!name.isEmpty() && !known.contains(name)) {
        item.problem("no " + kind + " is named \"" + name + "\"; " + NearestName.hint(name, known));
      }
    }
  }

  /// A rule is never reached when its own parts exclude each other, or when an earlier rule holds
  /// whenever this one does.
  private void checkReachable(int index, YamlValue value) {
    Condition own = routing.rules().get(index).when();
    if (ConditionLogic.impossible(own)) {
      warnings.add(value.remark("never matches: its conditions exclude each other"));
      return;
    }
    routing.rules().subList(0, index).stream()
        .filter(earlier -> ConditionLogic.implies(own, earlier.when()))
        .findFirst()
        .map(earlier ->
            value.remark(
                "is never reached: the earlier rule \""
                    + earlier.name()
                    + "\" matches whenever this one does"))
        .ifPresent(warnings::add);
  }
}

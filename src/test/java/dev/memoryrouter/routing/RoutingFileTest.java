package dev.memoryrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import dev.memoryrouter.conversation.ClientKind;
import dev.memoryrouter.conversation.Mode;
import dev.memoryrouter.conversation.TurnKind;
import dev.memoryrouter.files.ConfigProblem;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.files.Yaml;
import dev.memoryrouter.files.YamlMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingFileTest {
  private static YamlMap parse(String text) {
    return Yaml.parse("routing.yaml", text, Environment.of(Map.of()));
  }

  private static List<String> problems(String text) {
    YamlMap map = parse(text);
    RoutingFile.read(map);
    return map.problems().stream().map(ConfigProblem::toString).toList();
  }

  @Test
  void defaults() {
    YamlMap map = parse("default: m");

    assertThat(RoutingFile.read(map))
        .isEqualTo(
            new RoutingConfig(
                "cline-memory-router",
                List.of(),
                Map.of(),
                List.of(),
                "m",
                Map.of(),
                new Stickiness(0.15, 0.05),
                false));
    assertThat(map.problems()).isEmpty();
  }

  @Test
  void explicitProperties_replaceEveryDefault() {
    YamlMap map =
        Yaml.read(
            Path.of("src/test/resources/config/explicit/routing.yaml"), Environment.of(Map.of()));
    RoutingConfig config = RoutingFile.read(map);

    assertThat(map.problems()).isEmpty();
    assertThat(config.alias()).isEqualTo("router");
    assertThat(config.aliases()).containsExactly("router-gpt-oss");
    assertThat(config.intents())
        .containsExactly(
            Map.entry(
                "code",
                new IntentSettings(
                    "code", "Code.", List.of(Utterance.of("Fix it.")), List.of("fix"))));
    assertThat(config.rules())
        .containsExactly(
            new RoutingRule("everything", everyCondition(), "coder", Priority.SUBAGENT));
    assertThat(config.fallbacks()).containsExactly(Map.entry("coder", List.of()));
    assertThat(config.stickiness()).isEqualTo(new Stickiness(0.3, 0.1));
  }

  private static Condition everyCondition() {
    Condition plan = new Condition.ModeIs(Set.of(Mode.PLAN));
    return new Condition.All(
        Set.of(
            new Condition.Intent(Set.of("code", "unsure")),
            new Condition.Turn(Set.of(TurnKind.FIRST, TurnKind.HUMAN)),
            plan,
            new Condition.Client(Set.of(ClientKind.CLINE, ClientKind.QWEN_CODE)),
            new Condition.Model(Set.of("router", "router/app")),
            new Condition.Bank(Set.of("app")),
            new Condition.IntentScore(0.5, 0.9),
            new Condition.Tokens(1, 100),
            new Condition.Images(0, 2),
            new Condition.Tools(3, 4),
            new Condition.Header("x-team", Pattern.compile("^blue$", Pattern.CASE_INSENSITIVE)),
            new Condition.Text(Pattern.compile("licen[cs]e", Pattern.CASE_INSENSITIVE)),
            new Condition.All(
                Set.of(plan, new Condition.Not(new Condition.Turn(Set.of(TurnKind.TITLE))))),
            new Condition.Any(
                Set.of(
                    new Condition.ModeIs(Set.of(Mode.ACT)),
                    new Condition.Turn(Set.of(TurnKind.FIRST)))),
            new Condition.Not(new Condition.Client(Set.of(ClientKind.ROO)))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {intnet: a}             | .intnet: unknown key; did you mean "intent"?
          {intent: cod}           | .intent: no intent is named "cod"; did you mean "code"?
          {intent: []}            | .intent: needs at least one value; this would never hold
          {turn: [first, humn]}   | .turn[1]: found "humn", expected one of first, human, tool-loop, condense, commit-message, title, subagent, nudge, resume; did you mean "human"?
          {mode: plna}            | .mode: found "plna", expected one of plan, act; did you mean "plan"?
          {client: qwen_code}     | .client: found "qwen_code", expected one of cline, cline-sdk, roo, continue, aider, opencode, kilo, qwen-code, other; did you mean "qwen-code"?
          {tokens: {}}            | .tokens: needs min, max or both
          {tokens: {min: 5, max: 1}} | .tokens: min is larger than max; this would never hold
          {images: {mni: 1}}      | .images.mni: unknown key; did you mean "min"?
          {tokens: 5}             | .tokens: found "5", expected keys with values
          {all: []}               | .all: needs a list of conditions, such as [{mode: plan}, {turn: first}]
          {not: {}}               | .not: needs a condition
          {images: }              | .images: has no value
          {intent: }              | .intent: has no value
          {turn: }                | .turn: has no value
          {not: }                 | .not: has no value
          {all: }                 | .all: has no value
          {header: }              | .header: has no value
          {header: {}}            | .header: needs the name of a header with a regular expression
          {header: {x: ""}}       | .header.x: is empty
          {text: ""}              | .text: is empty
          {text: "  "}            | .text: is empty
          {bank: ""}              | .bank: is empty
          {images: {min: }}       | .images.min: has no value
          {not: {images: }}       | .not.images: has no value
          {text: "((a{500}){500}){500}"} | .text: repeats within repeats make 125000000 copies, more than 1000; use smaller counts, or * and +
          """)
  void condition_wrong_isToldWithItsLine(String when, String message) {
    assertThat(
            problems(
                """
                default: m
                intents: {code: {keywords: fix}}
                rules:
                  - {name: images, when: {images: {min: 1}}, route: m}
                  - name: a
                    route: m
                    when: %s
                """
                    .formatted(when)))
        .containsExactly("routing.yaml:7: rules[1].when" + message);
  }

  @ParameterizedTest
  @CsvSource({"'text: \"(open\"'", "'text: \"(?=ahead)x\"'", "'header: {x: \"[\"}'"})
  void regex_wrong_isToldWithItsLine(String condition) {
    assertThat(problems("default: m\nrules:\n  - {name: a, route: m, when: {" + condition + "}}\n"))
        .singleElement()
        .asString()
        .startsWith("routing.yaml:3: rules[0].when.")
        .contains("not a valid regular expression (RE2 syntax: no look-around");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          intents: {none: {keywords: x}}        | intents.none: "none" is what turns without a clear intent are called
          intents: {a: {description: x}}        | intents.a: needs examples or keywords, else no turn can have this intent
          stickiness: {switch-margin: 2}        | stickiness.switch-margin: found "2", expected a number from 0 to 1
          rules: [{name: a, route: m}]          | rules[0].when: missing
          'rules: [{name: sticky, route: m, when: {}}]' | rules[0].name: "sticky" has a meaning of its own in answers; choose another name
          'rules: [{name: a, route: m, when: {}, priority: high}]' | rules[0].priority: found "high", expected one of interactive, agent, subagent, background
          'rules: [{name: a, route: m, when: {}}, {name: a, route: m, when: {mode: act}}]' | rules[1].name: another rule is named "a", on line 2
          fallback: {}                          | fallback: unknown key; did you mean "fallbacks"?
          """)
  void file_wrongKey_isTold(String yaml, String message) {
    assertThat(problems("default: m\n" + yaml)).containsExactly("routing.yaml:2: " + message);
  }

  @Test
  void names_withBlanks_areStripped() {
    RoutingConfig config =
        RoutingFile.read(
            parse("default: ' m '\naliases: ['b ', ' c']\nfallbacks: {m: ['n ', ' o']}\n"));

    assertThat(config.defaultModel()).isEqualTo("m");
    assertThat(config.aliases()).containsExactly("b", "c");
    assertThat(config.fallbacksOf("m")).containsExactly("n", "o");
  }

  @Test
  void conditions_inAnotherOrder_areEqual() {
    RoutingConfig config =
        RoutingFile.read(
            parse(
                """
                default: m
                rules:
                  - {name: a, route: m, when: {mode: plan, turn: [first, human], text: x}}
                  - {name: b, route: m, when: {text: x, turn: [human, first], mode: [plan]}}
                """));

    assertThat(config.rules().get(0).when()).isEqualTo(config.rules().get(1).when());
  }
}

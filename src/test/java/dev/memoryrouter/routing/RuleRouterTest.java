package dev.memoryrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.conversation.ClientKind;
import dev.memoryrouter.conversation.Mode;
import dev.memoryrouter.conversation.TurnKind;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.files.Yaml;
import dev.memoryrouter.files.YamlMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleRouterTest {
  private static final Signals SIGNALS =
      new Signals(
          ClientKind.CLINE,
          TurnKind.HUMAN,
          Mode.PLAN,
          "app",
          "router",
          "Check the LICENCE texts",
          new IntentResult("memory", 0.8, Map.of("memory", 0.8, "code", 0.2), "", false),
          5000,
          1,
          3,
          Map.of("X-Team", "Blue", "Authorization", "Bearer secret"));

  private static RoutingConfig config(String rules) {
    YamlMap map =
        Yaml.parse(
            "routing.yaml",
            "default: d\nintents: {memory: {keywords: m}, code: {keywords: c}}\nrules:\n" + rules,
            Environment.of(Map.of()));
    RoutingConfig config = RoutingFile.read(map);
    assertThat(map.problems()).isEmpty();
    return config;
  }

  private static RouteChoice choose(String rules) {
    return RuleRouter.choose(SIGNALS, config(rules));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          intent: memory                         | true  | intent=memory (0.80)
          intent: [code, unsure]                 | false | intent=memory (0.80)
          intent-score: {min: 0.8}               | true  | intent=memory (0.80)
          intent-score: {max: 0.79}              | false | intent=memory (0.80)
          turn: [first, human]                   | true  | turn=human
          turn: tool-loop                        | false | turn=human
          mode: plan                             | true  | mode=plan
          mode: act                              | false | mode=plan
          client: cline                          | true  | client=cline
          client: roo                            | false | client=cline
          model: router                          | true  | model=router
          model: other                           | false | model=router
          bank: app                              | true  | bank=app
          bank: lib                              | false | bank=app
          tokens: {min: 5000, max: 5000}         | true  | tokens=5000
          tokens: {min: 5001}                    | false | tokens=5000
          images: {min: 1}                       | true  | images=1
          images: {max: 0}                       | false | images=1
          tools: {min: 3}                        | true  | tools=3
          header: {x-team: '^blue$'}             | true  | header x-team matches
          header: {X-TEAM: red}                  | false | header x-team differs
          header: {x-none: '.*'}                 | false | header x-none absent
          text: 'licen[cs]e'                     | true  | text matches
          text: '^licen[cs]e'                    | false | text differs
          not: {mode: act}                       | true  | not mode=plan
          all: [{mode: plan}, {turn: first}]     | false | turn=human
          all: [{mode: plan}, {turn: human}]     | true  | mode=plan, turn=human
          any: [{mode: act}, {turn: human}]      | true  | turn=human
          any: [{mode: act}, {turn: first}]      | false | mode=plan, turn=human
          mode: plan, tokens: {min: 6000}        | false | tokens=5000
          """)
  void choose_condition_decidesAndSaysBy(String when, boolean holds, String value) {
    RouteChoice choice = choose("  - {name: r, route: a, when: {" + when + "}}\n");

    assertThat(choice.model()).isEqualTo(holds ? "a" : "d");
    assertThat(choice.rule()).isEqualTo(holds ? "r" : "default");
    assertThat(choice.trace().getFirst())
        .isEqualTo(new TraceStep("rule", "r", holds ? "matched" : "no-match", value));
  }

  @Test
  void choose_twoRulesMatch_firstWinsAndTheRestIsNotReached() {
    RouteChoice choice =
        choose(
            """
              - {name: no, route: a, when: {mode: act}}
              - {name: yes, route: b, when: {mode: plan}, priority: background}
              - {name: also, route: c, when: {}}
            """);

    assertThat(choice)
        .isEqualTo(
            new RouteChoice(
                "b",
                "yes",
                Priority.BACKGROUND,
                "mode=plan",
                List.of(
                    new TraceStep("rule", "no", "no-match", "mode=plan"),
                    new TraceStep("rule", "yes", "matched", "mode=plan"),
                    new TraceStep("rule", "also", "not-reached", null))));
  }

  @Test
  void choose_unknownModeAndNoBank_conditionsDoNotHold() {
    Signals bare =
        new Signals(
            ClientKind.OTHER,
            TurnKind.FIRST,
            null,
            null,
            "",
            "",
            IntentResult.none(),
            0,
            0,
            0,
            Map.of());
    RoutingConfig config =
        config(
            """
              - {name: mode, route: a, when: {mode: [plan, act]}}
              - {name: bank, route: a, when: {bank: app}}
              - {name: text, route: a, when: {text: ""}}
              - {name: none, route: b, when: {intent: none}}
            """
                .replace("text: \"\"", "text: \".*\""));

    assertThat(RuleRouter.choose(bare, config).rule()).isEqualTo("none");
  }

  @Test
  void choose_textBeyondTheLimit_isNotSeen() {
    String text = "x".repeat(Condition.Text.LIMIT) + " needle";
    Signals signals =
        new Signals(
            ClientKind.OTHER,
            TurnKind.FIRST,
            null,
            null,
            "",
            text,
            IntentResult.none(),
            0,
            0,
            0,
            Map.of());
    RoutingConfig config = config("  - {name: t, route: a, when: {text: needle}}\n");

    assertThat(RuleRouter.choose(signals, config).rule()).isEqualTo("default");
  }

  @Test
  void trace_headerAndText_areNotRepeated() {
    RouteChoice choice =
        choose("  - {name: r, route: a, when: {header: {authorization: secret}, text: licence}}\n");

    assertThat(choice.rule()).isEqualTo("r");
    assertThat(choice.trace().toString()).doesNotContain("secret").doesNotContain("LICENCE");
  }

  /// A rule put at the end never changes a decision that another rule made.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void choose_lowerRuleAdded_winnerStays(long seed) {
    Random random = new Random(seed);
    String[] conditions = {
      "mode: act", "mode: plan", "tokens: {min: 1}", "turn: first", "images: {max: 0}", "text: zz"
    };
    List<String> rules = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      rules.add(
          "  - {name: r%d, route: m%d, when: {%s}}\n"
              .formatted(i, i, conditions[random.nextInt(conditions.length)]));
    }
    RouteChoice before = choose(String.join("", rules.subList(0, 5)));
    RouteChoice after = choose(String.join("", rules));

    if (!before.rule().equals("default")) {
      assertThat(after.rule()).as("seed %d", seed).isEqualTo(before.rule());
      assertThat(after.model()).as("seed %d", seed).isEqualTo(before.model());
      assertThat(after.trace())
          .as("seed %d", seed)
          .startsWith(before.trace().toArray(TraceStep[]::new))
          .endsWith(new TraceStep("rule", "r5", "not-reached", null));
    } else {
      assertThat(after.rule()).as("seed %d", seed).isIn("default", "r5");
    }
  }
}

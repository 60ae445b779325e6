package dev.memoryrouter.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlTest {
  private static final Environment ENVIRONMENT =
      Environment.of(Map.of("HOST", "example.org", "EMPTY", "", "PORT", "9000"));

  private static YamlMap parse(String text) {
    return Yaml.parse("config/x.yaml", text, ENVIRONMENT);
  }

  private static List<String> problems(String text, Consumer<YamlMap> reader) {
    YamlMap map = parse(text);
    reader.accept(map);
    return map.problems().stream().map(ConfigProblem::toString).toList();
  }

  @Test
  void unknownKey_nearAKnownOne_namesIt() {
    assertThat(
            problems(
                "rules:\n  - when:\n      intnet: a\n",
                map -> {
                  YamlMap when = map.at("rules").list().getFirst().map().at("when").map();
                  when.at("intent").text();
                  when.rejectUnknownKeys();
                }))
        .containsExactly(
            "config/x.yaml:3: rules[0].when.intnet: unknown key; did you mean \"intent\"?");
  }

  @Test
  void unknownKey_nearNone_listsTheKnown() {
    assertThat(
            problems(
                "something: 1\n",
                map -> {
                  map.at("host").text();
                  map.at("port").text();
                  map.rejectUnknownKeys();
                }))
        .containsExactly("config/x.yaml:1: something: unknown key; known: host, port");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a: [1]      | found a list, expected a single value
          a: {b: 1}   | found keys with values, expected a single value
          a: x        | found "x", expected a whole number from 1 to 10
          a: 11       | found "11", expected a whole number from 1 to 10
          a: 1.5      | found "1.5", expected a whole number from 1 to 10
          a: 99999999999999 | found "99999999999999", expected a whole number from 1 to 10
          """)
  void integer_wrong_saysWhatWasFoundAndExpected(String yaml, String message) {
    assertThat(problems(yaml, map -> map.at("a").integer(1, 10)))
        .containsExactly("config/x.yaml:1: a: " + message);
  }

  @Test
  void problem_readTwice_isToldOnce() {
    assertThat(
            problems(
                "a: x",
                map -> {
                  map.at("a").integer(0, 1);
                  map.at("a").integer(0, 1);
                }))
        .hasSize(1);
  }

  @Test
  void required_missingOrEmpty_isTold() {
    assertThat(
            problems(
                "b:\nc: ''\nd: \"${EMPTY:}\"\n",
                map -> List.of("a", "b", "c", "d").forEach(key -> map.at(key).required().text())))
        .containsExactly(
            "config/x.yaml:1: a: missing",
            "config/x.yaml:1: b: has no value",
            "config/x.yaml:2: c: is empty",
            "config/x.yaml:3: d: is empty");
  }

  @Test
  void required_insideAnAbsentMap_isNotTold() {
    assertThat(problems("", map -> map.at("a").map().at("b").required())).isEmpty();
  }

  @Test
  void duplicateKey_namesTheFirstLine() {
    assertThat(problems("a: 1\nb: 2\na: 3\n", map -> map.at("a").text()))
        .containsExactly("config/x.yaml:3: a: stands twice in one place; first on line 1");
  }

  @Test
  void scalars_areReadAsWritten() {
    YamlMap map = parse("think: off\nversion: 1.10\nsize: 010\n");

    assertThat(map.at("think").oneOf(List.of("off", "on"), Function.identity())).contains("off");
    assertThat(map.at("version").text()).contains("1.10");
    assertThat(map.at("size").integer(0, 100)).contains(10);
    assertThat(map.problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"on,true", "off,false", "yes,true", "no,false", "true,true", "false,false"})
  void flag_allSpellings(String text, boolean expected) {
    assertThat(parse("a: " + text).at("a").flag()).contains(expected);
  }

  @ParameterizedTest
  @CsvSource({"500ms,500", "5s,5000", "30m,1800000", "2h,7200000", "1d,86400000", "1.5s,1500"})
  void duration_allUnits(String text, long millis) {
    assertThat(parse("a: " + text).at("a").duration(Duration.ZERO, Duration.ofDays(2)))
        .contains(Duration.ofMillis(millis));
  }

  @Test
  void duration_wrong_saysWhatIsExpected() {
    assertThat(
            problems(
                "a: 5\nb: 2h\n",
                map -> {
                  map.at("a").duration(Duration.ZERO, Duration.ofHours(1));
                  map.at("b").duration(Duration.ZERO, Duration.ofHours(1));
                }))
        .containsExactly(
            "config/x.yaml:1: a: found \"5\", expected a duration from 0s to 1h, such as 500ms, 5s,"
                + " 30m, 2h",
            "config/x.yaml:2: b: found \"2h\", expected a duration from 0s to 1h, such as 500ms,"
                + " 5s, 30m, 2h");
  }

  @ParameterizedTest
  @CsvSource({
    "64MB,67108864",
    "1KiB,1024",
    "24GB,25769803776",
    "1TB,1099511627776",
    "0.5MB,524288"
  })
  void size_allUnits(String text, long bytes) {
    assertThat(parse("a: " + text).at("a").size(1)).contains(bytes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ${HOST}                          | example.org
          http://${HOST}:${PORT}/v1        | http://example.org:9000/v1
          ${NONE:http://localhost:1/a}     | http://localhost:1/a
          ${NONE:${HOST}}                  | example.org
          ${NONE:${ALSO:x}-y}              | x-y
          ${EMPTY:fallback}                | fallback
          $${HOST} costs $5                | ${HOST} costs $5
          """)
  void placeholder_isFilled(String text, String expected) {
    assertThat(parse("a: '" + text + "'").at("a").text()).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ${NONE}  | environment variable NONE is not set; set it or give a default: ${NONE:…}
          ${HOST   | "${" without its closing brace; write "$${" for the plain characters
          ${A-B:c} | "A-B" is no name of an environment variable; write "$${" for a plain "${"
          """)
  void placeholder_wrong_isTold(String text, String message) {
    assertThat(problems("a: '" + text + "'", map -> map.at("a").text()))
        .containsExactly("config/x.yaml:1: a: " + message);
  }

  @Test
  void variable_holdingAPlaceholder_isTakenAsItIs() {
    Environment environment = Environment.of(Map.of("A", "${B}"));
    YamlMap map = Yaml.parse("x", "a: ${A}", environment);

    assertThat(map.at("a").text()).contains("${B}");
    assertThat(map.variable("A").text()).contains("${B}");
  }

  @Test
  void variable_wrong_namesTheEnvironment() {
    Environment environment = Environment.of(Map.of("PORT", "x"));
    YamlMap map = Yaml.parse("x", "", environment);
    map.variable("PORT").integer(1, 2);

    assertThat(map.problems())
        .singleElement()
        .hasToString("environment: PORT: found \"x\", expected a whole number from 1 to 2");
  }

  @Test
  void data_keepsTypes() {
    assertThat(parse("a: {t: 0.5, k: 40, s: [END, 'off'], b: true, n: {x: y}}").at("a").data())
        .contains(
            Map.of(
                "t", 0.5, "k", 40, "s", List.of("END", "off"), "b", true, "n", Map.of("x", "y")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'a: [1'              | config/x.yaml:1: not valid YAML .column 6.: .*expected ',' or '\\]'.*
          'a: 1\\n\\tb: 2'     | config/x.yaml:2: not valid YAML .*indent with spaces, not with tabs
          '- a'                | config/x.yaml:1: expected keys with values
          'a: &x [1]\\nb: *x'  | config/x.yaml: aliases .* are not supported; write the value out
          'a: \\u0007'         | config/x.yaml:1: not valid YAML: character U\\+0007 is not allowed
          'a: 1\\n---\\nb: 2'  | config/x.yaml:\\d: not valid YAML.*
          """)
  void syntaxError_namesLineInPlainWords(String yaml, String expected) {
    String text =
        yaml.replace("\\n", "\n").replace("\\t", "\t").replace("\\u0007", String.valueOf((char) 7));

    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(ConfigException.class)
        .message()
        .matches("(?s)" + expected);
  }

  @Test
  void parse_deeplyNested_isRefused() {
    assertThatThrownBy(() -> parse("a: " + "[".repeat(10_000)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("nested deeper than 30 levels");
  }

  @ParameterizedTest
  @CsvSource({"''", "'# only a comment'", "'---'"})
  void parse_nothing_isAnEmptyMap(String text) {
    assertThat(parse(text).entries()).isEmpty();
  }

  @Test
  void read_byteOrderMark_isIgnored(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a.yaml"), "\uFEFFa: 1");

    assertThat(Yaml.read(file, ENVIRONMENT).at("a").text()).contains("1");
  }

  @Test
  void read_notUtf8_isTold(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("a.yaml"), "a: ü".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> Yaml.read(file, ENVIRONMENT)).hasMessage(file + ": is not UTF-8 text");
  }

  @Test
  void read_noFile_isTold(@TempDir Path folder) {
    Path file = folder.resolve("a.yaml");

    assertThatThrownBy(() -> Yaml.read(file, ENVIRONMENT))
        .hasMessage(file + ": no such file; the shipped one is in the folder config");
  }
}

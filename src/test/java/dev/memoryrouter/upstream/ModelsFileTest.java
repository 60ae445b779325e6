package dev.memoryrouter.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.files.ConfigProblem;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.files.Yaml;
import dev.memoryrouter.files.YamlMap;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelsFileTest {
  private static final String SMALLEST =
      """
      upstreams:
        o: {type: ollama, base-url: localhost}
      models:
        m: {}
      """;

  private static YamlMap parse(String text, Map<String, String> variables) {
    return Yaml.parse("models.yaml", text, Environment.of(variables));
  }

  private static List<String> problems(String text) {
    YamlMap map = parse(text, Map.of());
    ModelsFile.read(map, Path.of("/here"));
    return map.problems().stream().map(ConfigProblem::toString).toList();
  }

  private static ModelsConfig read(String text, Map<String, String> variables) {
    YamlMap map = parse(text, variables);
    ModelsConfig config = ModelsFile.read(map, Path.of("/here"));
    assertThat(map.problems()).isEmpty();
    return config;
  }

  private static URI baseUrl(String upstream, ModelsConfig config) {
    return Objects.requireNonNull(config.upstreams().get(upstream)).baseUrl();
  }

  @Test
  void defaults() {
    ModelsConfig config = read(SMALLEST.replace("m: {}", "m: {context: 40960}"), Map.of());

    assertThat(config.upstreams().get("o"))
        .isEqualTo(
            new UpstreamSettings(
                "o",
                UpstreamSettings.Type.OLLAMA,
                URI.create("http://localhost:11434"),
                Duration.ofSeconds(2),
                Duration.ofMinutes(10),
                Duration.ofMinutes(2),
                null,
                CircuitSettings.DEFAULT));
    assertThat(config.models().get("m"))
        .isEqualTo(
            new ModelSettings(
                "m",
                List.of("o"),
                List.of("m"),
                40_960,
                null,
                8192,
                "o200k",
                null,
                ModelSettings.Think.AUTO,
                null,
                ModelSettings.Turns.DEFAULT,
                Duration.ofMinutes(30),
                Map.of(),
                false,
                100));
    assertThat(config.memoryBudget()).isNull();
  }

  @Test
  void explicitProperties_replaceEveryDefault() {
    YamlMap map =
        Yaml.read(
            Path.of("src/test/resources/config/explicit/models.yaml"), Environment.of(Map.of()));
    ModelsConfig config = ModelsFile.read(map, Path.of("/here"));

    assertThat(map.problems()).isEmpty();
    assertThat(config.upstreams().get("box"))
        .isEqualTo(
            new UpstreamSettings(
                "box",
                UpstreamSettings.Type.OPENAI,
                URI.create("http://box:8080/v1"),
                Duration.ofSeconds(3),
                Duration.ofMinutes(1),
                Duration.ofSeconds(30),
                "secret",
                new CircuitSettings(
                    0.8,
                    Duration.ofMinutes(5),
                    10,
                    Duration.ofSeconds(20),
                    Duration.ofMinutes(1),
                    3)));
    assertThat(config.models().get("coder"))
        .isEqualTo(
            new ModelSettings(
                "coder",
                List.of("box"),
                List.of("coder-big", "coder-small"),
                65_536,
                16_384,
                4096,
                "cl100k",
                Set.of(Capability.TOOLS, Capability.VISION, Capability.THINKING),
                ModelSettings.Think.ON,
                24L << 30,
                new ModelSettings.Turns(2, 20, Duration.ofMinutes(1)),
                Duration.ofMinutes(5),
                Map.of("temperature", 0.2, "top_k", 40, "stop", List.of("END"), "label", "off"),
                true,
                null));
    assertThat(config.memoryBudget()).isEqualTo(1L << 40);
  }

  @ParameterizedTest
  @CsvSource({
    "ollama, localhost:11434,            http://localhost:11434",
    "ollama, my-box,                     http://my-box:11434",
    "ollama, :11434,                     http://127.0.0.1:11434",
    "ollama, 0.0.0.0:11434,              http://127.0.0.1:11434",
    "ollama, http://0.0.0.0:11434/,      http://127.0.0.1:11434",
    "ollama, http://localhost:11434/v1/, http://localhost:11434",
    "ollama, http://localhost:11434/api, http://localhost:11434",
    "ollama, https://box.example/ollama, https://box.example/ollama",
    "ollama, HTTP://[::]:1/,             http://[::1]:1",
    "openai, localhost:8080,             http://localhost:8080/v1",
    "openai, http://box/v1/,             http://box/v1",
    "openai, http://box/api/v3,          http://box/api/v3",
  })
  void baseUrl_isBroughtToOneForm(String type, String text, String expected) {
    String yaml =
        SMALLEST.replace(
            "type: ollama, base-url: localhost", "type: " + type + ", base-url: '" + text + "'");

    assertThat(baseUrl("o", read(yaml, Map.of()))).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "ftp://x, expected a URL",
    "http://, expected a URL",
    "http://a b, expected a URL",
    "http://x:99999, expected a URL",
    "http://x/?a=b, expected a URL",
    "http://u:p@x, put the key into api-key"
  })
  void baseUrl_wrong_isTold(String text, String message) {
    assertThat(problems(SMALLEST.replace("base-url: localhost", "base-url: '" + text + "'")))
        .singleElement()
        .asString()
        .startsWith("models.yaml:2: upstreams.o.base-url: ")
        .contains(message);
  }

  @Test
  void ollamaBaseUrl_standsOverTheFile_forTheUpstreamOfThatName() {
    Map<String, String> variables = Map.of("OLLAMA_BASE_URL", "gpu:1");
    String named = SMALLEST.replace("  o:", "  ollama:");

    assertThat(baseUrl("ollama", read(named, variables))).hasToString("http://gpu:1");
    assertThat(baseUrl("o", read(SMALLEST, variables))).hasToString("http://localhost:11434");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          upstream: p                  | upstream: no upstream is named "p"; did you mean "o"?
          upstream: [o, o]             | upstream[1]: the upstream "o" stands twice
          upstream: []                 | upstream: needs at least one upstream
          num-ctx: 65536               | num-ctx: is larger than context (32768)
          max-output: 32768            | max-output: leaves no room for a prompt: context is 32768
          keep-alive: 500ms            | keep-alive: is counted in whole seconds; use 1s, or 0 to unload after each answer
          tokenizer: qwem              | tokenizer: found "qwem", expected one of qwen, o200k, cl100k, file:<path>
          think: maybe                 | think: found "maybe", expected one of off, on, auto
          capabilities: [tool]         | capabilities[0]: found "tool", expected one of tools, vision, thinking; did you mean "tools"?
          options: {num_ctx: 1}        | options.num_ctx: is set by the key "num-ctx" of the model, not here
          numctx: 1                    | numctx: unknown key; did you mean "num-ctx"?
          slots: 0                     | slots: found "0", expected a whole number from 1 to 64
          memory: 24                   | memory: found "24", expected a size of at least 1MB, such as 64MB, 24GB
          """)
  void model_wrongKey_isTold(String key, String message) {
    assertThat(problems(SMALLEST.replace("m: {}", "m: {" + key + "}")))
        .containsExactly("models.yaml:4: models.m." + message);
  }

  @Test
  void keepAlive_minusOne_isForEver() {
    String text = SMALLEST.replace("m: {}", "m: {keep-alive: -1}");

    assertThat(Objects.requireNonNull(read(text, Map.of()).models().get("m")).keepAlive())
        .isEqualTo(Duration.ofDays(365));
  }

  @Test
  void file_empty_namesWhatIsMissing() {
    assertThat(problems(""))
        .containsExactly("models.yaml:1: upstreams: missing", "models.yaml:1: models: missing");
  }
}

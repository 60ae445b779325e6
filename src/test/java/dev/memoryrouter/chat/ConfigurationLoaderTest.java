package dev.memoryrouter.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memoryrouter.files.ConfigException;
import dev.memoryrouter.files.ConfigProblem;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankChoice;
import dev.memoryrouter.memory.BankSettings;
import dev.memoryrouter.memory.Banks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationLoaderTest {
  @TempDir Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    write("server.yaml", "banks: [{name: default, path: m}]\n");
    write(
        "models.yaml",
        """
        upstreams:
          o: {type: ollama, base-url: localhost}
          p: {type: ollama, base-url: other}
        models:
          coder: {upstream: o, name: coder:32b}
          fast: {upstream: o}
        """);
    write("routing.yaml", "default: coder\n");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private Configuration load() {
    return new ConfigurationLoader(folder).load(folder, Environment.of(Map.of()));
  }

  private List<String> problems() {
    try {
      load();
      return List.of();
    } catch (ConfigException e) {
      return e.problems().stream()
          .map(ConfigProblem::toString)
          .map(text -> text.replace(folder + "/", ""))
          .toList();
    }
  }

  @Test
  void load_problemsInAllFiles_areToldAtOnceInOrder() throws IOException {
    write("server.yaml", "htp: {}\n");
    write("models.yaml", "upstreams: [\n");
    write("routing.yaml", "a: 1\ndefault: x\nb: 2\n");

    assertThat(problems())
        .satisfiesExactly(
            first -> assertThat(first).startsWith("models.yaml:2: not valid YAML"),
            second -> assertThat(second).startsWith("routing.yaml:1: a: unknown key"),
            third -> assertThat(third).startsWith("routing.yaml:3: b: unknown key"),
            fourth ->
                assertThat(fourth)
                    .isEqualTo("server.yaml:1: htp: unknown key; did you mean \"http\"?"));
  }

  @Test
  void load_fileMissing_isTold() throws IOException {
    Files.delete(folder.resolve("models.yaml"));

    assertThat(problems())
        .containsExactly("models.yaml: no such file; the shipped one is in the folder config");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'default: codr'                    | default: no model is named "codr" in models.yaml; did you mean "coder"?
          'default: fast\nfallbacks: {fast: [fsat]}' | fallbacks.fast[0]: no model is named "fsat" in models.yaml; did you mean "fast"?
          'default: fast\nfallbacks: {slow: [fast]}' | fallbacks.slow: no model is named "slow" in models.yaml; known: coder, fast
          'default: fast\nfallbacks: {fast: [fast]}' | fallbacks.fast: a model cannot stand in for itself
          'default: fast\nrules: [{name: a, when: {}, route: x}]' | rules[0].route: no model is named "x" in models.yaml; known: coder, fast
          'default: fast\nrules: [{name: a, when: {bank: defult}, route: fast}]' | rules[0].when.bank: no bank is named "defult"; did you mean "default"?
          'default: fast\nrules: [{name: a, when: {not: {model: foo}}, route: fast}]' | rules[0].when.not.model: no published model is named "foo"; known: cline-memory-router, cline-memory-router/default, coder, fast, coder:32b
          'default: fast\nalias: my-gpt-5'   | alias: the name contains "gpt-5", which makes agents treat the model as another one; choose a name without o1, o3, o4, gpt-5 and deepseek
          'default: fast\naliases: [coder:32b]' | aliases[0]: "coder:32b" is also the name of a model; choose another
          'default: fast\naliases: [a, a]'   | aliases[1]: the alias "a" stands twice
          """)
  void load_namesThatDoNotFit_areTold(String routing, String message) throws IOException {
    String text = routing.replace("\\n", "\n");
    write("routing.yaml", text);

    assertThat(problems()).containsExactly("routing.yaml:" + text.lines().count() + ": " + message);
  }

  @Test
  void load_oneUpstreamNameForTwoModels_isAProblem() throws IOException {
    append("models.yaml", "  more: {upstream: o, name: coder:32b}\n");

    assertThat(problems())
        .containsExactly(
            "models.yaml:7: models.more.name: \"coder:32b\" is also a name of the model \"coder\"");
  }

  @Test
  void load_sameUpstreamNameElsewhere_isAWarning() throws IOException {
    append("models.yaml", "  more: {upstream: p, name: coder:32b}\n");

    assertThat(load().warnings())
        .extracting(ConfigProblem::message)
        .containsExactly("\"coder:32b\" is also a name of \"coder\", which answers to it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}             | {mode: act}                | true
          {mode: act}    | {mode: act}                | true
          {mode: act}    | {mode: act, turn: first}   | true
          {mode: [plan, act]} | {mode: [act, plan]}   | true
          {mode: act, turn: first} | {mode: act}      | false
          {mode: act}    | {mode: plan}               | false
          """)
  void load_ruleThatCannotBeReached_isAWarning(String first, String second, boolean warned)
      throws IOException {
    write(
        "routing.yaml",
        """
        default: fast
        rules:
          - {name: a, route: fast, when: %s}
          - {name: b, route: fast, when: %s}
        """
            .formatted(first, second));

    assertThat(load().warnings())
        .extracting(warning -> warning.toString().replace(folder + "/", ""))
        .isEqualTo(
            warned
                ? List.of(
                    "routing.yaml:4: rules[1]: is never reached: the earlier rule \"a\" matches"
                        + " whenever this one does")
                : List.of());
  }

  @Test
  void load_wrongLineInDotEnv_isAWarning() throws IOException {
    write(".env", "nonsense\n");
    Environment environment = Environment.of(Map.of(), folder.resolve(".env"));

    assertThat(new ConfigurationLoader(folder).load(folder, environment).warnings())
        .extracting(ConfigProblem::line)
        .containsExactly(1);
  }

  @ParameterizedTest
  @CsvSource({"file:nope.tiktoken", "'file:bad.tiktoken'"})
  void load_vocabularyThatIsNone_isToldWithItsPlace(String tokenizer) throws IOException {
    write("bad.tiktoken", "this is no vocabulary\n");
    append("models.yaml", "  more: {upstream: o, tokenizer: \"" + tokenizer + "\"}\n");

    assertThat(problems())
        .singleElement()
        .asString()
        .startsWith("models.yaml:7: models.more.tokenizer: ")
        .contains(tokenizer.substring("file:".length()));
  }

  @Test
  void load_vocabularyFile_isTakenFromTheProjectsFolder() throws IOException {
    write("some.tiktoken", allBytes());
    append("models.yaml", "  more: {upstream: o, tokenizer: file:some.tiktoken}\n");

    assertThat(Objects.requireNonNull(load().models().models().get("more")).tokenizer())
        .isEqualTo("file:" + folder.resolve("some.tiktoken"));
  }

  private static String allBytes() {
    StringBuilder lines = new StringBuilder();
    for (int b = 0; b < 256; b++) {
      String token = Base64.getEncoder().encodeToString(new byte[] {(byte) b});
      lines.append(token).append(' ').append(b).append('\n');
    }
    return lines.toString();
  }

  @Test
  void load_bankRoots_publishTheBanksOfTheirProjects() throws IOException {
    Files.createDirectories(folder.resolve("code/shop/memory-bank"));
    Files.createDirectories(folder.resolve("code/blog/memory-bank"));
    Files.createDirectories(folder.resolve("code/no-notes"));
    write("server.yaml", "banks: [{name: default, path: m}]\nbank-roots: [code, gone]\n");
    write("routing.yaml", "default: fast\nrules: [{name: a, when: {bank: shop}, route: fast}]\n");

    Configuration configuration = load();

    assertThat(configuration.modelNames().published())
        .contains("cline-memory-router/shop", "cline-memory-router/blog")
        .doesNotContain("cline-memory-router/no-notes");
    assertThat(new Banks(configuration.server().banks()).choose(null, folder + "/code/shop/src"))
        .isEqualTo(
            new BankChoice.Chosen(
                new Bank("shop", folder.resolve("code/shop/memory-bank"), folder + "/code/shop")));
    assertThat(configuration.warnings())
        .extracting(ConfigProblem::toString)
        .singleElement()
        .asString()
        .contains("server.yaml:2: bank-roots[1]: no banks are found: there is no folder");
  }

  @Test
  void load_defaultBankBelowARoot_isAccepted() throws IOException {
    Files.createDirectories(folder.resolve("code/shop/memory-bank"));
    write(
        "server.yaml", "banks: [{name: main, path: m}]\nbank-roots: [code]\ndefault-bank: shop\n");

    assertThat(new Banks(load().server().banks()).defaultBank().name()).isEqualTo("shop");

    BankSettings forced =
        new ConfigurationLoader(folder)
            .load(folder, Environment.of(Map.of("MEMORY_BANK_PATH", "mine")))
            .server()
            .banks();
    assertThat(new Banks(forced).defaultBank().root()).isEqualTo(folder.resolve("mine"));
  }

  @Test
  void load_modelCacheDir_hasNoEffectAndSaysSo() {
    Environment environment = Environment.of(Map.of("MODEL_CACHE_DIR", "/models"));

    assertThat(new ConfigurationLoader(folder).load(folder, environment).notices())
        .extracting(ConfigProblem::toString)
        .containsExactly(
            "environment: MODEL_CACHE_DIR: has no effect yet: no model file is downloaded");
  }

  @Test
  void load_failure_hasOneLineForEachProblem() throws IOException {
    write("routing.yaml", "a: 1\nb: 2\ndefault: fast\n");

    assertThatThrownBy(this::load).message().hasLineCount(2);
  }

  private void append(String name, String text) throws IOException {
    write(name, Files.readString(folder.resolve(name)) + text);
  }
}

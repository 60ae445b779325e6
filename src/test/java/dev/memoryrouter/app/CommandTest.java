package dev.memoryrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.chat.Configuration;
import dev.memoryrouter.chat.ConfigurationLoader;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.testing.FakeModel;
import dev.memoryrouter.testing.FakeUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The commands without a server and without a model.
class CommandTest {
  @TempDir private Path root;

  private CommandRun run(String... arguments) throws IOException {
    return CommandRun.of(root, Map.of(), arguments);
  }

  private void replace(String file, String old, String by) throws IOException {
    TestServer.prepare(root);
    Path path = root.resolve("config").resolve(file);
    String text = Files.readString(path);
    assertThat(text).contains(old);
    Files.writeString(path, text.replace(old, by));
  }

  @Test
  void usage_mistypedCommand_namesTheNearest() throws IOException {
    CommandRun run = run("serch", "x");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("did you mean \"search\"?").doesNotContain("\tat ");
  }

  @Test
  void usage_mistypedOption_namesTheNearest() throws IOException {
    CommandRun run = run("search", "--lmit", "3", "x");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("did you mean \"--limit\"?");
  }

  @Test
  void configCheck_shipped_isClean() throws IOException {
    assertThat(run("config", "check").exitCode()).isZero();
  }

  @Test
  void configCheck_broken_namesFileLineAndKeyOfEachProblem() throws IOException {
    replace("routing.yaml", "default: qwen2.5-coder", "default: qwen2.5-codr");
    replace("server.yaml", "compaction: auto", "compactoin: auto");
    CommandRun run = run("config", "check");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out().lines())
        .anyMatch(line -> line.matches(".*/routing\\.yaml:\\d+: default: .*qwen2\\.5-coder.*"))
        .anyMatch(line -> line.matches(".*/server\\.yaml:\\d+: compactoin: .*compaction.*"));
  }

  @Test
  void configCheck_rulesThatNeverMatchAndExamplesThatContradict_areWarnedOfWithTheirLine()
      throws IOException {
    replace(
        "routing.yaml",
        "default: qwen2.5-coder\n",
        """
          - {name: odd, when: {mode: plan, not: {mode: [plan, act]}}, route: llama4}
          - {name: huge, when: {tokens: {min: 200000}, mode: plan}, route: llama4}
        default: qwen2.5-coder
        """);
    replace(
        "routing.yaml",
        "    examples:\n      - \"Fix the failing test in the tax module.\"\n",
        """
            examples:
              - "status please"
              - "Fix the failing test in the tax module."
        """);

    CommandRun run = run("config", "check");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines().filter(it -> it.endsWith("(warning)")))
        .anyMatch(it -> it.matches(".*routing\\.yaml:\\d+: rules\\[6]: never matches.*"))
        .anyMatch(it -> it.matches(".*:\\d+: rules\\[7]: is never reached: .*\"long-context\".*"))
        .anyMatch(
            it -> it.matches(".*:\\d+: .*examples\\[0]: contradicts .* line \\d+.*\"memory\".*"))
        .hasSize(3);
  }

  @Test
  void evalIntents_ownTurns_givesFiguresForPeopleAndPrograms() throws IOException {
    String file = Path.of("src/test/resources/intents/turns.jsonl").toAbsolutePath().toString();

    JsonNode figures = run("eval", "intents", file, "--json").json();

    assertThat(figures.path("forced_accuracy").asDouble()).isGreaterThan(0.85);
    assertThat(figures.path("by_intent").path("memory").path("turns").asInt()).isEqualTo(40);
    assertThat(figures.at("/by_language/other languages/turns").asInt()).isPositive();
    assertThat(figures.path("nulls").path("turns").asInt()).isEqualTo(15);
    assertThat(figures.path("misses").path(0).path("scores").size()).isEqualTo(3);
    assertThat(figures.path("ms").path("p99").asDouble()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"text\":\"x\",\"intent\":\"memroy\"} | did you mean \"memory\"?",
        "{\"text\":\"x\"} | needs an intent",
        "{\"intent\":null} | needs a text",
        "{nonsense | is not JSON"
      })
  void evalIntents_badLine_namesFileAndLine(String line, String message) throws IOException {
    Path file = root.resolve("turns.jsonl");
    Files.writeString(file, "{\"text\":\"ok\",\"intent\":null}\n" + line + "\n");

    CommandRun run = run("eval", "intents", file.toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("turns.jsonl:2: ").contains(message).doesNotContain("\tat ");
  }

  @Test
  void reindexAndSearch_json_lastLineIsTheObject() throws IOException {
    CommandRun early = run("search", "retries");
    assertThat(early.exitCode()).isEqualTo(2);
    assertThat(early.err()).contains("reindex");

    Files.write(root.resolve("memory-bank/broken.md"), new byte[] {'a', 0, 'b'});
    CommandRun first = run("reindex", "--json");
    assertThat(first.exitCode()).isZero();
    JsonNode bank = first.json().path("banks").path(0);
    assertThat(bank.path("bank").asString()).isEqualTo("default");
    assertThat(bank.path("files").asInt()).isEqualTo(2);
    assertThat(bank.path("embedded").asInt()).isPositive();
    assertThat(bank.path("skipped").path(0).path("file").asString()).isEqualTo("broken.md");
    assertThat(first.err()).contains("skipped broken.md");
    JsonNode second = run("reindex", "--json").json().path("banks").path(0);
    assertThat(second.path("embedded").asInt()).isZero();
    assertThat(second.path("reused").asInt()).isEqualTo(bank.path("embedded").asInt());

    CommandRun search = run("search", "how", "are", "retries", "done", "--json", "--limit", "1");
    assertThat(search.exitCode()).isZero();
    JsonNode hit = search.json().path("hits").path(0);
    assertThat(search.json().path("hits").size()).isEqualTo(1);
    assertThat(hit.path("file").asString()).isEqualTo("techContext.md");
    assertThat(hit.path("heading").asString()).isEqualTo("Retries");
  }

  @ParameterizedTest
  @ValueSource(strings = {"reindex", "search"})
  void bank_unknown_listsTheNames(String command) throws IOException {
    CommandRun run =
        command.equals("search")
            ? run(command, "x", "--bank", "defalt")
            : run(command, "--bank", "defalt");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("did you mean \"default\"?");
  }

  @Test
  void explain_request_givesTheDecision() throws IOException {
    TestServer.prepare(root);
    Path file = root.resolve("request.json");
    Files.writeString(
        file,
        "{\"model\":\"cline-memory-router\",\"messages\":[{\"role\":\"user\",\"content\":\"Fix the bug\"}]}");
    try (FakeUpstream ollama = FakeUpstream.start("qwen2.5-coder:32b")) {
      CommandRun run =
          CommandRun.of(
              root,
              Map.of("OLLAMA_BASE_URL", ollama.ollamaUrl().toString()),
              "explain",
              file.toString());
      assertThat(run.exitCode()).isZero();
      assertThat(run.json().path("model").asString()).isEqualTo("qwen2.5-coder");
      assertThat(run.json().path("candidates").size()).isEqualTo(3);
      assertThat(ollama.chats()).isEmpty();
    }
  }

  @Test
  void explain_refused_givesTheErrorBody() throws IOException {
    TestServer.prepare(root);
    Path file = root.resolve("request.json");
    Files.writeString(
        file, "{\"model\":\"nobody\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    CommandRun run = run("explain", file.toString());
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.json().path("error").path("code").asString()).isEqualTo("model_not_found");
  }

  @Test
  void explain_missingFile_isASentence() throws IOException {
    CommandRun run = run("explain", root.resolve("nothing.json").toString());
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("No such file").doesNotContain("Exception");
  }

  @Test
  void doctor_withoutOllama_saysWhatToStart() throws IOException {
    CommandRun run = run("doctor");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("ollama serve").contains("embedding").contains("bank default");
  }

  @Test
  void doctor_oneModelPulled_namesThePullsThatAreMissing() throws IOException {
    try (FakeUpstream ollama = FakeUpstream.start("qwen2.5-coder:32b")) {
      CommandRun run =
          CommandRun.of(root, Map.of("OLLAMA_BASE_URL", ollama.ollamaUrl().toString()), "doctor");
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out())
          .contains("`ollama pull llama4:16x17b`")
          .contains("model qwen2.5-coder: qwen2.5-coder:32b, supports 40960");
    }
  }

  @Test
  void doctor_ollamaThatCutsPrompts_saysUpdate() throws IOException {
    try (FakeUpstream ollama = FakeUpstream.start("qwen3:30b-a3b")) {
      ollama.version("0.12.3");
      CommandRun run =
          CommandRun.of(root, Map.of("OLLAMA_BASE_URL", ollama.ollamaUrl().toString()), "doctor");

      assertThat(run.out()).contains("0.12.3", "update Ollama to 0.12.4 or later");
    }
  }

  @Test
  void doctorSuggest_loadsWithTheShippedRouting() throws IOException {
    for (List<String> pulled :
        List.of(
            List.<String>of(),
            List.of("qwen2.5-coder:7b"),
            List.of("qwen3:8b", "gemma3:12b", "nomic-embed-text", "qwen2.5-coder:14b", "a:b"))) {
      try (FakeUpstream ollama = FakeUpstream.start(pulled.toArray(String[]::new))) {
        ollama.pull(FakeModel.of("llava:7b").withCapabilities("completion", "vision"));
        Map<String, String> environment = Map.of("OLLAMA_BASE_URL", ollama.ollamaUrl().toString());
        CommandRun run = CommandRun.of(root, environment, "doctor", "--suggest");
        assertThat(run.exitCode()).as(run.err()).isZero();
        Path trial = Files.createDirectories(root.resolve("trial"));
        for (String other : List.of("server.yaml", "routing.yaml")) {
          Files.writeString(
              trial.resolve(other), Files.readString(root.resolve("config").resolve(other)));
        }
        Files.writeString(trial.resolve("models.yaml"), run.out());
        Configuration loaded =
            new ConfigurationLoader(root).load(trial, Environment.of(environment));
        assertThat(loaded.models().models().keySet())
            .containsExactlyInAnyOrder("qwen3", "qwen2.5-coder", "llama4");
        assertThat(run.out()).doesNotContain("embed");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cline", "roo", "continue", "aider", "opencode", "kilo", "qwen-code"})
  void setup_client_takesValuesFromTheConfiguration(String client) throws IOException {
    replace("routing.yaml", "alias: cline-memory-router", "alias: home-router");
    CommandRun run =
        CommandRun.of(
            root,
            Map.of("APP_PORT", "8123", "ROUTER_API_KEYS", "first-key,second-key"),
            "setup",
            client);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("http://127.0.0.1:8123/v1")
        .contains("home-router")
        .contains("first-key")
        .doesNotContain("second-key");
  }

  @Test
  void setup_unknownClient_namesTheNearest() throws IOException {
    CommandRun run = run("setup", "clin");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("did you mean \"cline\"?");
  }

  @Test
  void bankAdd_project_appendsAndKeepsEverythingElse() throws IOException {
    TestServer.prepare(root);
    Path project = root.resolve("Shop Front");
    Files.createDirectories(project.resolve("memory-bank"));
    Path file = root.resolve("config/server.yaml");
    String before = Files.readString(file);

    CommandRun run = run("bank", "add", project.toString());

    assertThat(run.exitCode()).as(run.err()).isZero();
    List<String> added = new ArrayList<>(Files.readString(file).lines().toList());
    assertThat(added.removeIf(line -> line.contains("Shop-Front"))).isTrue();
    assertThat(added).isEqualTo(before.lines().toList());
    assertThat(run("bank", "list").out())
        .contains("default (default)")
        .contains("Shop-Front  " + project.resolve("memory-bank") + "  for " + project);
    CommandRun again = run("bank", "add", project.toString(), "--name", "other");
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.err()).contains("already the bank");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "banks: [{name: default, path: ./memory-bank}]   # notes\n",
        "banks: [\n  {name: default, path: './memory-bank'},\n]\n",
        "# none\n",
        "banks:\n- name: default\n  path: ./memory-bank # a\n\n# end\nstore: {type: lucene}\r\n",
        "banks:\r\n    - {name: default, path: ./memory-bank}\r\ndefault-bank: default"
      })
  void bankAdd_anyStyleOfList_loads(String yaml) throws IOException {
    TestServer.prepare(root);
    Path bank = Files.createDirectories(root.resolve("a/${b}/memory-bank"));
    Files.writeString(root.resolve("config/server.yaml"), yaml);
    CommandRun run = run("bank", "add", bank.toString(), "--name", "added");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run("bank", "list").out().lines()).hasSize(2).anyMatch(l -> l.startsWith("added  "));
    String comment =
        yaml.contains("#") ? yaml.substring(yaml.indexOf('#'), yaml.indexOf('#') + 3) : "";
    assertThat(Files.readString(root.resolve("config/server.yaml"))).contains(comment);
  }

  @Test
  void bankAdd_nameThatChangesClients_isRefusedAndNothingWritten() throws IOException {
    TestServer.prepare(root);
    Path bank = Files.createDirectories(root.resolve("memory-bank-2"));
    Files.writeString(bank.resolve("a.md"), "# A\n");
    String before = Files.readString(root.resolve("config/server.yaml"));
    CommandRun run = run("bank", "add", bank.toString(), "--name", "gpt-5-notes");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("gpt-5").contains("Nothing was changed");
    assertThat(Files.readString(root.resolve("config/server.yaml"))).isEqualTo(before);
  }
}

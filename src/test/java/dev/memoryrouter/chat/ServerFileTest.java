package dev.memoryrouter.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.admission.QueueSettings.Order;
import dev.memoryrouter.embedding.EmbeddingSettings;
import dev.memoryrouter.files.ConfigProblem;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.files.Yaml;
import dev.memoryrouter.files.YamlMap;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankSettings;
import dev.memoryrouter.prompt.MemorySettings;
import dev.memoryrouter.store.QdrantSettings;
import dev.memoryrouter.store.StoreSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerFileTest {
  private static final Path HERE = Path.of("/work-here");
  private static final String BANKS =
      "banks: [{name: default, path: a}, {name: app, path: /b, workspace: /w}]\n";

  private static ServerSettings read(String text, Map<String, String> variables) {
    YamlMap map = Yaml.parse("server.yaml", text, Environment.of(variables));
    ServerSettings settings = ServerFile.read(map, HERE);
    assertThat(map.problems()).isEmpty();
    return settings;
  }

  private static List<String> problems(String text, Map<String, String> variables) {
    YamlMap map = Yaml.parse("server.yaml", text, Environment.of(variables));
    ServerFile.read(map, HERE);
    return map.problems().stream().map(ConfigProblem::toString).toList();
  }

  @Test
  void defaults() {
    assertThat(read("", Map.of()))
        .isEqualTo(
            new ServerSettings(
                new BankSettings(
                    List.of(new Bank("default", HERE.resolve("memory-bank"), null)),
                    List.of(),
                    "default",
                    false),
                new StoreSettings(
                    StoreSettings.Type.LUCENE,
                    HERE.resolve("vector-stores"),
                    QdrantSettings.of(URI.create("http://localhost:6334"), null)),
                new EmbeddingSettings("all-minilm-l6-v2-q"),
                new MemorySettings(0.15, 6000, 0.16, true),
                new HttpSettings(
                    "127.0.0.1",
                    8000,
                    64L << 20,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(30)),
                new TurnSettings(
                    new Order(Duration.ofMinutes(3), 4, 3, Duration.ofMillis(1500)),
                    512,
                    Duration.ofMinutes(15),
                    null,
                    Duration.ofSeconds(20),
                    true),
                Compaction.AUTO,
                null,
                Set.of(),
                HERE.resolve("models")));
  }

  @Test
  void explicitProperties_replaceEveryDefault() {
    YamlMap map =
        Yaml.read(
            Path.of("src/test/resources/config/explicit/server.yaml"),
            Environment.of(
                Map.of(
                    "MAX_TOKEN_LIMIT",
                    "16384",
                    "ROUTER_API_KEYS",
                    "one, two,",
                    "MODEL_CACHE_DIR",
                    "cache")));
    ServerSettings settings = ServerFile.read(map, HERE);

    assertThat(map.problems()).isEmpty();
    assertThat(settings)
        .isEqualTo(
            new ServerSettings(
                new BankSettings(
                    List.of(
                        new Bank("app", HERE.resolve("notes/app"), "/home/me/app"),
                        new Bank("lib", Path.of("/notes/lib"), null)),
                    List.of(),
                    "lib",
                    false),
                new StoreSettings(
                    StoreSettings.Type.QDRANT,
                    HERE.resolve("index"),
                    new QdrantSettings(
                        URI.create("https://q:6999"),
                        "secret",
                        Path.of("/etc/hosts"),
                        "notes",
                        Duration.ofSeconds(5),
                        32,
                        200,
                        512,
                        500,
                        QdrantSettings.Quantization.SCALAR)),
                new EmbeddingSettings("all-minilm-l6-v2-q"),
                new MemorySettings(0.5, 100, 0.75, false),
                new HttpSettings(
                    "10.0.0.1",
                    9000,
                    1L << 20,
                    Duration.ofSeconds(1),
                    Duration.ofMillis(500),
                    Duration.ofHours(2)),
                new TurnSettings(
                    new Order(Duration.ofSeconds(30), 1, 0, Duration.ZERO),
                    20,
                    Duration.ofMinutes(1),
                    "x-priority",
                    Duration.ofSeconds(5),
                    false),
                Compaction.OFF,
                16_384,
                Set.of("one", "two"),
                HERE.resolve("cache")));
    assertThat(settings.toString()).doesNotContain("one");
  }

  @Test
  void environment_standsOverTheFile() {
    ServerSettings settings =
        read(
            "http: {host: 10.0.0.1, port: 9000, request-timeout: 1h}\nstore: {path: file}\n",
            Map.of(
                "APP_HOST", "0.0.0.0",
                "APP_PORT", "7000",
                "REQUEST_TIMEOUT_SECONDS", "60",
                "VECTOR_STORE_PATH", "/var/index"));

    assertThat(settings.http().host()).isEqualTo("0.0.0.0");
    assertThat(settings.http().port()).isEqualTo(7000);
    assertThat(settings.http().requestTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(settings.store().path()).isEqualTo(Path.of("/var/index"));
  }

  @Test
  void memoryBankPath_set_forcesTheDefaultBankThere() {
    BankSettings banks = read(BANKS, Map.of("MEMORY_BANK_PATH", "mine")).banks();

    assertThat(banks.forced()).isTrue();
    assertThat(banks.defaultBank()).isEqualTo("default");
    assertThat(banks.banks().getFirst().root()).isEqualTo(HERE.resolve("mine"));
  }

  @Test
  void memoryBankPath_ofAConfiguredBank_forcesThatBank() {
    BankSettings banks = read(BANKS, Map.of("MEMORY_BANK_PATH", "/b/")).banks();

    assertThat(banks.forced()).isTrue();
    assertThat(banks.defaultBank()).isEqualTo("app");
    assertThat(banks.banks().getFirst().root()).isEqualTo(HERE.resolve("a"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          store: {type: qdrent}      | store.type: found "qdrent", expected one of lucene, qdrant; did you mean "qdrant"?
          'store: {qdrant: {url: localhost:6334}}' | store.qdrant.url: found "localhost:6334"; expected the gRPC address, such as http://localhost:6334
          'store: {qdrant: {certificate: ca.pem}}' | store.qdrant.certificate: there is no readable file /work-here/ca.pem
          'store: {qdrant: {hnsw: {n: 3}}}' | store.qdrant.hnsw.n: unknown key; did you mean "m"?
          compaction: maybe          | compaction: found "maybe", expected one of off, auto, on
          bank-roots: /projects      | bank-roots: found "/projects", expected a list
          'bank-roots: [""]'         | bank-roots[0]: is empty
          default-bank: defalt       | default-bank: no bank is named "defalt"; did you mean "default"?
          banks: []                  | banks: needs at least one bank, such as {name: default, path: ./memory-bank}
          'banks: [{name: a/b, path: x}]' | banks[0].name: a name has letters, digits and . _ - and begins with a letter or digit
          'banks: [{name: App, path: x}, {name: app, path: y}]' | banks[1].name: another bank has this name, on line 1
          'banks: [{name: a, path: x, workspace: rel}]' | banks[0].workspace: found "rel", expected an absolute path
          'banks: [{name: demo3, path: x}]' | banks[0].name: the name contains "o3", which makes agents treat the model as another one; choose a name without o1, o3, o4, gpt-5 and deepseek
          http: {prot: 1}            | http.prot: unknown key; did you mean "port"?
          http: {body-limit: 3GB}    | http.body-limit: is larger than 2047MB, the most that is supported
          embedding: {model: bge}    | embedding.model: found "bge", expected one of all-minilm-l6-v2-q
          """)
  void file_wrongKey_isTold(String yaml, String message) {
    assertThat(problems(yaml, Map.of())).containsExactly("server.yaml:1: " + message);
  }

  @Test
  void environment_wrong_isTold() {
    assertThat(problems("", Map.of("APP_PORT", "http", "VECTOR_STORE", "redis")))
        .containsExactlyInAnyOrder(
            "environment: APP_PORT: found \"http\", expected a whole number from 0 to 65535",
            "environment: VECTOR_STORE: found \"redis\", expected one of lucene, qdrant");
  }
}

package dev.memoryrouter.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.files.Yaml;
import dev.memoryrouter.files.YamlMap;
import dev.memoryrouter.files.YamlValue;
import dev.memoryrouter.routing.RoutingFile;
import dev.memoryrouter.upstream.ModelsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The schemas in `config/schema/` against the files they describe and the readers of these files.
class SchemaTest {
  private static final Path EXPLICIT = Path.of("src/test/resources/config/explicit");

  private static String schema(String name) throws IOException {
    return Files.readString(Path.of("config/schema/" + name + ".schema.json"));
  }

  private static List<Error> errors(String name, String yaml) throws IOException {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema(name), InputFormat.JSON)
        .validate(yaml, InputFormat.YAML);
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "models", "routing"})
  void schema_shippedFile_valid(String name) throws IOException {
    assertThat(errors(name, Files.readString(Path.of("config/" + name + ".yaml")))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "models", "routing"})
  void schema_fileWithEveryKey_valid(String name) throws IOException {
    assertThat(errors(name, Files.readString(EXPLICIT.resolve(name + ".yaml")))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "models", "routing"})
  void shippedFile_firstLine_namesItsSchema(String name) throws IOException {
    assertThat(Files.readAllLines(Path.of("config/" + name + ".yaml")).getFirst())
        .isEqualTo("# yaml-language-server: $schema=schema/" + name + ".schema.json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          server  | 'http: {prot: 1}'
          server  | 'http: {port: 70000}'
          server  | 'memory: {budget-share: 2}'
          models  | 'upstreams: {o: {type: olama, base-url: x}}'
          models  | 'upstreams: {}'
          routing | 'rules: []'
          routing | '{default: x, rules: [{name: a, route: x, when: {intnet: b}}]}'
          routing | '{default: x, rules: [{name: a, route: x, when: {tokens: {}}}]}'
          """)
  void schema_wrongFile_invalid(String name, String yaml) throws IOException {
    assertThat(errors(name, yaml)).isNotEmpty();
  }

  @Test
  void schemaKeys_equalTheKeysThatReadersKnow() throws IOException {
    YamlMap server = explicit("server");
    ServerFile.read(server, Path.of(""));
    YamlMap models = explicit("models");
    ModelsFile.read(models, Path.of(""));
    YamlMap routing = explicit("routing");
    RoutingFile.read(routing);

    assertSameKeys("server", server);
    assertSameKeys("models", models);
    assertSameKeys("routing", routing);
  }

  private static YamlMap explicit(String name) {
    return Yaml.read(EXPLICIT.resolve(name + ".yaml"), Environment.of(Map.of()));
  }

  private static void assertSameKeys(String name, YamlMap map) throws IOException {
    JsonNode root = JsonMapper.shared().readTree(schema(name));
    List<String> differences = new ArrayList<>();
    compare(name, root, root, map, differences);
    assertThat(differences).isEmpty();
    assertThat(map.problems()).isEmpty();
  }

  private static void compare(
      String path, JsonNode root, JsonNode schema, YamlMap map, List<String> differences) {
    JsonNode node = resolved(root, schema);
    Set<String> described = new TreeSet<>(node.path("properties").propertyNames());
    Set<String> read = new TreeSet<>(map.askedKeys());
    if (!described.equals(read)) {
      differences.add(path + ": schema " + described + ", reader " + read);
    }
    Set<String> keys = new LinkedHashSet<>(map.askedKeys());
    keys.addAll(map.entries().keySet());
    for (String key : keys) {
      JsonNode property = node.path("properties").path(key);
      if (described.contains(key)
          && property.path("description").isMissingNode()
          && property.path("$ref").isMissingNode()) {
        differences.add(path + "." + key + ": no description");
      }
      JsonNode below = described.contains(key) ? property : node.path("additionalProperties");
      compareValue(path + "." + key, root, below, map.entries().get(key), differences);
    }
  }

  private static void compareValue(
      String path,
      JsonNode root,
      JsonNode schema,
      @Nullable YamlValue value,
      List<String> differences) {
    JsonNode node = resolved(root, schema);
    if (value == null) {
      differences.add(path + ": not in the file with every key");
    } else if (path.endsWith(".when.not")) {
      // A condition again, not with every key.
      return;
    } else if (node.has("properties") || node.path("additionalProperties").has("properties")) {
      compare(path, root, node, value.map(), differences);
    } else if (resolved(root, node.path("items")).has("properties")) {
      List<YamlValue> items = value.list();
      // One item with every key is enough; others may leave keys out.
      if (!items.isEmpty() && !node.path("items").has("$ref")) {
        compare(path + "[0]", root, node.path("items"), items.getFirst().map(), differences);
      }
    }
  }

  private static JsonNode resolved(JsonNode root, JsonNode schema) {
    return schema.has("$ref") ? root.at(schema.path("$ref").asString().substring(1)) : schema;
  }
}

package dev.memoryrouter.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.ChatBodies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Small bodies of each client with what they mean; each file names headers, body and expectation.
class ConversationFixturesTest {
  private static final Path FIXTURES = Path.of("src/test/resources/conversations");
  private static final JsonMapper JSON = JsonMapper.shared();

  static Stream<String> fixtures() throws IOException {
    try (Stream<Path> files = Files.list(FIXTURES)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void read_fixture_asExpected(String name) {
    JsonNode fixture = JSON.readTree(text(name));

    Conversation read =
        new ConversationReader()
            .read(ChatBodies.read(fixture.path("body")), headers(fixture.path("headers")));

    assertThat(answer(read)).isEqualTo(expectation(fixture.path("expect")));
  }

  private static Map<String, @Nullable String> answer(Conversation read) {
    HumanWords human = read.human();
    Map<String, @Nullable String> answer = new LinkedHashMap<>();
    answer.put("client", read.client().label());
    answer.put("turn", read.turn().label());
    answer.put("mode", read.mode() == null ? null : read.mode().label());
    answer.put("words", human == null ? null : human.text());
    answer.put("message", human == null ? null : "" + human.message());
    answer.put("part", human == null ? null : "" + human.part());
    answer.put("workspace", read.workspace());
    answer.put("session", read.session());
    answer.put("helper", "" + read.helper());
    return answer;
  }

  private static Map<String, @Nullable String> expectation(JsonNode expect) {
    Map<String, @Nullable String> expectation = new LinkedHashMap<>();
    expect
        .properties()
        .forEach(entry ->
            expectation.put(
                entry.getKey(), entry.getValue().isNull() ? null : entry.getValue().asString()));
    return expectation;
  }

  private static Map<String, String> headers(JsonNode node) {
    Map<String, String> headers = new HashMap<>();
    if (node instanceof ObjectNode object) {
      object.properties().forEach(e -> headers.put(e.getKey(), e.getValue().asString()));
    }
    return headers;
  }

  private static String text(String name) {
    try {
      return Files.readString(FIXTURES.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

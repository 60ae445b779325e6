package dev.memoryrouter.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.files.DurableMap;
import dev.memoryrouter.testing.ChatBodies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whole conversations of each client in their order, with cuts, summaries, toggles and helper
/// calls. Each request says what it means, and whether it belongs to the conversation of the first
/// request (`same`), or to that of the request with the index `like`.
class ConversationRunsTest {
  private static final Path RUNS = Path.of("src/test/resources/conversation-runs");

  private final ConversationReader reader = new ConversationReader();
  private final ConversationMemory<String> memory =
      new ConversationMemory<>(
          DurableMap.inMemory(
              1 << 20,
              ConversationMemory.Known.codec(new DurableMap.Codec<>(text -> text, Optional::of))));

  static Stream<Path> runs() throws IOException {
    try (Stream<Path> files = Files.list(RUNS)) {
      return files.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("runs")
  void read_conversation_turnsWordsAndIdentity(Path file) throws IOException {
    JsonNode run = JsonMapper.shared().readTree(Files.readString(file));
    List<String> identities = new ArrayList<>();
    for (JsonNode request : run.path("requests")) {
      JsonNode headers = request.has("headers") ? request.path("headers") : run.path("headers");
      Conversation read = reader.read(ChatBodies.read(request.path("body")), strings(headers));
      String place = file.getFileName() + ", request " + identities.size();
      check(read, request, run.path("client").asString(), place);
      String identity = memory.identity(read);
      checkIdentity(identity, identities, request, place);
      identities.add(identity);
      if (!read.helper()) {
        memory.remember(read, "v");
      }
    }
  }

  private static void check(Conversation read, JsonNode expected, String client, String place) {
    HumanWords human = read.human();
    Mode mode = read.mode();
    Progress progress = read.progress();
    assertThat(read.turn().label()).as(place).isEqualTo(expected.path("turn").asString());
    assertThat(human == null ? "" : human.text())
        .as(place)
        .isEqualTo(expected.path("words").asString(""));
    assertThat(read.helper()).as(place).isEqualTo(expected.path("helper").booleanValue());
    if (!read.helper()) {
      assertThat(read.client().label()).as(place).isEqualTo(client);
      assertThat(mode == null ? "" : mode.label())
          .as(place)
          .isEqualTo(expected.path("mode").asString(""));
    }
    if (expected.has("progress")) {
      assertThat(progress == null ? "" : progress.done() + "/" + progress.total())
          .as(place)
          .isEqualTo(expected.path("progress").asString());
    }
  }

  private static void checkIdentity(
      String identity, List<String> before, JsonNode expected, String place) {
    if (expected.has("like")) {
      assertThat(identity).as(place).isEqualTo(before.get(expected.path("like").intValue()));
    } else if (before.isEmpty() || expected.path("same").booleanValue()) {
      assertThat(identity).as(place).isEqualTo(before.isEmpty() ? identity : before.getFirst());
    } else {
      assertThat(before).as(place).doesNotContain(identity);
    }
  }

  private static Map<String, String> strings(JsonNode node) {
    Map<String, String> strings = new HashMap<>();
    node.properties().forEach(it -> strings.put(it.getKey(), it.getValue().asString()));
    return strings;
  }
}

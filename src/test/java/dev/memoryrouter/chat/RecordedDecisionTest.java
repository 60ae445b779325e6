package dev.memoryrouter.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.conversation.ConversationReader;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.testing.ChatBodies;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class RecordedDecisionTest {
  private final Configuration configuration =
      new ConfigurationLoader(Path.of("")).load(Path.of("config"), Environment.of(Map.of()));

  @Test
  void redacted_keyThatBeginsBeforeWhatIsKept_isTakenOut() {
    String key =
        "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQ\n".repeat(600) + "-----END PRIVATE KEY-----";
    String words = redacted("word ".repeat(1_200) + key + " the end");

    assertThat(words).doesNotContain("MII").endsWith("[redacted] the end");
    assertThat(words.length()).isLessThan(6_000);
  }

  @Test
  void redacted_hugeText_bothEndsStay() {
    assertThat(redacted("begin " + "word ".repeat(100_000) + "end"))
        .startsWith("begin word")
        .contains(" … ")
        .endsWith("word end");
  }

  private String redacted(String words) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.putArray("messages").addObject().put("role", "user").put("content", words);
    RouteQuestion question =
        RouteQuestion.of(
            new ConversationReader().read(ChatBodies.read(body), Map.of()),
            Map.of(),
            null,
            1,
            null,
            null,
            new RouteQuestion.Models(List.of(), _ -> false));
    return RecordedDecision.redacted(question, configuration.routing()).words();
  }
}

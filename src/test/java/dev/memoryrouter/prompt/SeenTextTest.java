package dev.memoryrouter.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.testing.ChatBodies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class SeenTextTest {
  private static final String SECTION = "## Retries\n\nWith jitter, at most 30 s.\n- three times\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "## Retries\n\nWith jitter, at most 30 s.\n- three times",
        "Here:\n12 | ## Retries\n13 | \n14 | With jitter, at most 30 s.\n15 | - three times\n",
        "  1→## Retries\n  3→With jitter, at most 30 s.\n  4→- three times",
        "1\t## Retries\n2\tWith jitter, at most 30 s.\n3\t- three times",
        "[{\"result\":\"1 | ## Retries\\n2 | With jitter, at most 30 s.\\n3 | - three times\"}]"
      })
  void shareOf_readByATool_isAll(String result) {
    assertThat(SeenText.in(user(result)).shareOf(SECTION)).isEqualTo(1);
  }

  @Test
  void shareOf_changedLine_isPartOfIt() {
    SeenText seen = SeenText.in(user("## Retries\nWith jitter, at most 60 s.\n- three times"));
    assertThat(seen.shareOf(SECTION)).isBetween(0.3, 0.7);
  }

  @Test
  void shareOf_otherText_isNothing() {
    assertThat(SeenText.in(user("[{\"broken")).shareOf(SECTION)).isZero();
  }

  @Test
  void shareOf_placedBlock_isAll() {
    SeenText seen = SeenText.in(user("x"));
    seen.add("<section file=\"a.md\">\n" + SECTION + "</section>");
    assertThat(seen.shareOf(SECTION)).isEqualTo(1);
  }

  private static ChatRequest user(String text) {
    String json = JsonMapper.shared().writeValueAsString(text);
    return ChatBodies.read(
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":" + json + "}]}");
  }
}

package dev.memoryrouter.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.ChatBodies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The example bodies that stand beside the project, read without any header, as a curl sends them.
class ReferenceBodiesTest {
  private static final Path BODIES = Path.of("../shared/reference/cline-requests");
  private static final String WORKSPACE = "/home/marta/src/parcel-tracker";

  @ParameterizedTest
  @CsvSource({
    "a-act-first-turn-xml, CLINE, FIRST, ACT, 1, 0, TrackingClient gives up, public API.",
    "b-act-turn4-xml-tool-results, CLINE, HUMAN, ACT, 7, 0, Retry-After can, at 30 s.",
    "c-plan-native-tools-image, CLINE, HUMAN, PLAN, 6, 0, 'Yes, like', in hours.",
    "d-bonus-cline4-sdk-act, CLINE_SDK, HUMAN, ACT, 5, 0, go ahead, retry work",
    "e-bonus-roo-code-native, ROO, TOOL_LOOP, ACT, 1, 0, Why does, JSON libraries?"
  })
  void read_referenceBody_asTheAgentMeant(
      String file,
      ClientKind client,
      TurnKind turn,
      Mode mode,
      int message,
      int part,
      String start,
      String end)
      throws IOException {
    Path body = BODIES.resolve(file + ".json");
    Assumptions.assumeTrue(Files.exists(body), "skipped: no reference bodies beside the project");

    Conversation read =
        new ConversationReader().read(ChatBodies.read(Files.readString(body)), Map.of());

    assertThat(read.client()).isEqualTo(client);
    assertThat(read.turn()).isEqualTo(turn);
    assertThat(read.mode()).isEqualTo(mode);
    assertThat(read.workspace()).isEqualTo(WORKSPACE);
    assertThat(read.human()).isNotNull();
    assertThat(read.human().text()).startsWith(start).endsWith(end);
    assertThat(read.human().message()).isEqualTo(message);
    assertThat(read.human().part()).isEqualTo(part);
    assertThat(read.helper()).isFalse();
  }
}

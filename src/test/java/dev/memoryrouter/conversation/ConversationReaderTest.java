package dev.memoryrouter.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.AgentConversations;
import dev.memoryrouter.testing.ChatBodies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Nothing that a client sends may break the reader or make it slow.
class ConversationReaderTest {
  private static final Path FIXTURES = Path.of("src/test/resources/conversations");
  private static final List<Map<String, String>> AGENTS =
      Stream.of("", "Cline/3", "RooCode/3", "ls/JS", "opencode/1", "Kilo-Code/7", "QwenCode/0")
          .map(agent -> Map.of("user-agent", agent))
          .toList();

  /// One whose words are wrapped (told by its first message) and one whose words are not.
  private static final List<Map<String, String>> FEW_AGENTS =
      List.of(Map.of(), Map.of("user-agent", "opencode/1"));

  private static final List<Role> ROLES = List.of(Role.values());
  private static final List<String> JUNK =
      List.of(
          "<task>",
          "</task>",
          "<feedback>\n",
          "\n</feedback>",
          "<environment_details>",
          "[x for '",
          "] Result:",
          "\ud800",
          "\udc00<",
          "</",
          "<user_message>\n",
          "`<answer>`",
          "\n<file_content p>",
          "</file_content>",
          "[TASK RESUMPTION]",
          "{\"status\":\"denied\",\"feedback\":",
          "\u0000",
          "\"",
          "# Current Working Directory (",
          "# Current Mode",
          "Working directory:",
          "<mode_notice>");

  private final ConversationReader reader = new ConversationReader();

  @Test
  void read_mutatedFixtures_neverThrowsAndIndexesHold() throws IOException {
    List<ChatRequest> requests = fixtures();
    for (long seed = 0; seed < 6_000; seed++) {
      Random random = new Random(seed);
      ChatRequest request = requests.get(random.nextInt(requests.size()));
      for (int n = random.nextInt(4) + 1; n > 0; n--) {
        request = mutated(request, random);
      }
      check(request, AGENTS.get(random.nextInt(AGENTS.size())), "seed " + seed);
    }
  }

  /// Each would take hours if a search were repeated for each tag.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<task>\n",
        "<task>",
        "<feedback>\nx</feedback>",
        "\n<file_content p>\n",
        "\n[x for '",
        "</task>",
        "\n<environment_details>\n",
        "<task>\n<environment_details>\n",
        "<",
        "\n[a] Result:\n",
        "`<answer>",
        "working directory is ",
        "Working directory is: ",
        "Current Workspace Directory: ",
        "is /a, Working directory is ",
        "\n# Current Working Directory (",
        "<user_input ",
        "<mode_notice>",
        "\n<explicit_instructions type=",
        "\n<task>x\n<task>\n</task>y\n",
        "\"",
        "x <feedback>\n",
        "\n<hook_context s>\n<task>\n"
      })
  @Timeout(20)
  void read_manyTagsInOneMessage_linear(String piece) {
    String text = piece.repeat(1_000_000 / piece.length());
    for (Map<String, String> agent : FEW_AGENTS) {
      for (Role role : List.of(Role.USER, Role.TOOL, Role.SYSTEM)) {
        Message opening = Message.of(Role.USER, "<task>\nx\n</task>");
        ChatRequest request = request(List.of(opening, Message.of(role, text)));
        assertThat(reader.read(request, agent).prefixes().size()).isEqualTo(2);
      }
      // A system prompt is one only before all else.
      ChatRequest prompted =
          request(List.of(Message.of(Role.SYSTEM, text), Message.of(Role.USER, "x")));
      assertThat(reader.read(prompted, agent).prefixes().size()).isEqualTo(2);
    }
  }

  @Test
  @Timeout(20)
  void read_tenThousandMessages_linear() {
    List<Message> messages = new ArrayList<>(List.of(Message.of(Role.USER, "start")));
    for (int i = 0; i < 10_000; i++) {
      List<ToolCall> calls = List.of(new ToolCall("c" + i, "read_file", "{}"));
      messages.add(
          new Message(Role.ASSISTANT, List.of(), Message.Form.ABSENT, calls, null, null, null));
      messages.add(
          new Message(
              Role.TOOL,
              List.of(new Part.Text("r" + i)),
              Message.Form.STRING,
              List.of(),
              "c" + i,
              null,
              null));
    }
    for (Map<String, String> agent : FEW_AGENTS) {
      assertThat(reader.read(request(messages), agent).turn()).isEqualTo(TurnKind.TOOL_LOOP);
    }
  }

  @Test
  void read_noUserMessage_noWords() {
    Conversation read = reader.read(request(List.of(Message.of(Role.SYSTEM, "s"))), Map.of());

    assertThat(read.human()).isNull();
    assertThat(read.turn()).isEqualTo(TurnKind.FIRST);
    assertThat(read.prefixes().size()).isEqualTo(1);
  }

  @Test
  void read_fiveMegabytesOfCode_wordsStillFound() {
    AgentConversations agent =
        new AgentConversations(AgentConversations.Shape.CLINE_XML, "/w", 57_000, 3);
    var body =
        agent.nextTurn(
            agent.firstTurn("Go."),
            "x",
            new AgentConversations.Step.Comment(agent.code(5_000_000), "Stop."));

    HumanWords human = reader.read(ChatBodies.read(body), agent.headers()).human();

    assertThat(human).isEqualTo(new HumanWords("Stop.", 3, 0));
  }

  private void check(ChatRequest request, Map<String, String> headers, String description) {
    Conversation read = reader.read(request, headers);
    assertThat(read.prefixes().size()).as(description).isEqualTo(request.messages().size());
    HumanWords human = read.human();
    if (human == null) {
      return;
    }
    Message message = request.messages().get(human.message());
    assertThat(message.parts().get(human.part())).as(description).isInstanceOf(Part.Text.class);
    assertThat(human.text()).as(description).isNotBlank();
    String all = String.join("\n", request.messages().stream().map(Message::text).toList());
    String unescaped = all.replace("\\\"", "\"").replace("\\n", "\n");
    for (String line : human.text().split("\n", -1)) {
      assertThat(
              all.contains(line.strip()) || unescaped.contains(line.strip()) || isSplice(line, all))
          .as("%s: %s", description, line)
          .isTrue();
    }
  }

  /// A line may consist of what stood before and after an element that was cut out.
  private static boolean isSplice(String line, String all) {
    String bare = line.strip();
    for (int cut = 1; cut < bare.length(); cut++) {
      if (all.contains(bare.substring(0, cut)) && all.contains(bare.substring(cut))) {
        return true;
      }
    }
    return false;
  }

  private static ChatRequest mutated(ChatRequest request, Random random) {
    List<Message> messages = new ArrayList<>(request.messages());
    int at = random.nextInt(messages.size());
    Message message = messages.get(at);
    switch (random.nextInt(7)) {
      case 0 -> messages.add(at, message);
      case 1 -> messages.remove(at);
      case 2 -> Collections.swap(messages, at, random.nextInt(messages.size()));
      case 3 ->
          messages.set(
              at,
              new Message(
                  message.role(), List.of(), Message.Form.ABSENT, List.of(), null, null, null));
      case 4 ->
          messages.set(at, Message.of(ROLES.get(random.nextInt(ROLES.size())), message.text()));
      default -> messages.set(at, message.withParts(mutatedParts(message.parts(), random)));
    }
    return messages.isEmpty() ? request : request.withMessages(messages);
  }

  private static List<Part> mutatedParts(List<Part> parts, Random random) {
    List<Part> mutated = new ArrayList<>(parts);
    String junk = JUNK.get(random.nextInt(JUNK.size()));
    if (mutated.isEmpty() || !(mutated.getLast() instanceof Part.Text)) {
      mutated.add(new Part.Text(junk));
      return mutated;
    }
    int at = random.nextInt(mutated.size());
    if (mutated.get(at) instanceof Part.Text(String text)) {
      int cut = random.nextInt(text.length() + 1);
      int end = Math.min(text.length(), cut + random.nextInt(40));
      String middle = random.nextBoolean() ? junk : "";
      mutated.set(at, new Part.Text(text.substring(0, cut) + middle + text.substring(end)));
    }
    return mutated;
  }

  private static ChatRequest request(List<Message> messages) {
    return ChatBodies.read("{}").withMessages(messages);
  }

  private static List<ChatRequest> fixtures() throws IOException {
    List<ChatRequest> requests = new ArrayList<>();
    try (Stream<Path> files = Files.list(FIXTURES)) {
      for (Path file : files.sorted().toList()) {
        JsonNode fixture = JsonMapper.shared().readTree(Files.readString(file));
        requests.add(ChatBodies.read(fixture.path("body")));
      }
    }
    return requests;
  }
}

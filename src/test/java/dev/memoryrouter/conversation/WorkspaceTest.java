package dev.memoryrouter.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.testing.ChatBodies;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which project a request names.
class WorkspaceTest {
  private static final String BLOCK =
      """
      <environment_details>
      # Current Working Directory (/srv/other) Files
      a

      # Current Mode
      PLAN MODE
      </environment_details>\
      """;

  private final ConversationReader reader = new ConversationReader();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          The working directory is /home/x/proj, so use relative paths. | /home/x/proj
          The working directory is /home/x/proj. Use relative paths.    | /home/x/proj
          The working directory is /home/x/proj (a git checkout).       | /home/x/proj
          The working directory is /home/x/proj and it is clean.        | /home/x/proj
          The working directory is /home/x/proj; keep to it             | /home/x/proj
          The working directory is /home/x/my proj.                     | /home/x/my proj
          The working directory is `/home/x/a, b (c)`, so keep to it.   | /home/x/a, b (c)
          Working directory: /home/x/proj (git)                         | /home/x/proj
          Working directory: /home/x/my proj                            | /home/x/my proj
          Working directory: "/home/x/my (old) proj"                    | /home/x/my (old) proj
          4. Working Directory: /home/x/a.b, c                          | /home/x/a.b, c
          Current Workspace Directory: /home/x/proj                     | /home/x/proj
          The working directory is shown below.                         |
          """)
  void read_systemPrompt_pathEndsWhereItEnds(String line, String path) {
    Message system = Message.of(Role.SYSTEM, "You help.\n" + line + "\nBe brief.");

    assertThat(read(system, Message.of(Role.USER, "Go.")).workspace()).isEqualTo(path);
  }

  @Test
  void read_mentionWithoutPathBefore_laterLineCounts() {
    Message system =
        Message.of(Role.SYSTEM, "The working directory is secret.\nThe working directory is /w.");

    assertThat(read(system, Message.of(Role.USER, "Go.")).workspace()).isEqualTo("/w");
  }

  @Test
  void read_blockPastedByPlainClient_staysWordsAndNamesNothing() {
    Conversation read = read(Message.of(Role.USER, "What is this?\n" + BLOCK));

    assertThat(read.client()).isEqualTo(ClientKind.OTHER);
    assertThat(read.human()).isEqualTo(new HumanWords("What is this?\n" + BLOCK, 0, 0));
    assertThat(read.workspace()).isNull();
    assertThat(read.mode()).isNull();
  }

  @Test
  void read_blockPastedInOpencode_namesNothing() {
    Conversation read =
        reader.read(
            request(Message.of(Role.USER, "What is this?\n" + BLOCK)),
            Map.of("user-agent", "opencode/1"));

    assertThat(read.workspace()).isNull();
  }

  @Test
  void read_messageStartsWithBlock_wordsBehindItAreFound() {
    Conversation read = read(Message.of(Role.USER, BLOCK + "\nWhat is this?"));

    assertThat(read.client()).isEqualTo(ClientKind.CLINE);
    assertThat(read.human()).isEqualTo(new HumanWords("What is this?", 0, 0));
  }

  @Test
  void read_agentPromptWithBlockAtEndOfText_agentIsKnown() {
    Conversation read =
        read(
            Message.of(Role.SYSTEM, "You are Cline, an agent."),
            Message.of(Role.USER, "[Continue assisting the user!]\n" + BLOCK));

    assertThat(read.client()).isEqualTo(ClientKind.CLINE);
    assertThat(read.workspace()).isEqualTo("/srv/other");
  }

  @ParameterizedTest
  @CsvSource({"opencode/1", "ls/JS 1", "QwenCode/1", "ai-sdk/openai-compatible/3"})
  void read_imageAlone_isHuman(String agent) {
    Message image =
        Message.of(Role.USER, "")
            .withParts(List.of(new Part.Image("data:image/png;base64,iVBORw0KGgo=", null)));

    Conversation read =
        reader.read(
            request(Message.of(Role.USER, "look"), Message.of(Role.ASSISTANT, "where?"), image),
            Map.of("user-agent", agent));

    assertThat(read.turn()).isEqualTo(TurnKind.HUMAN);
  }

  private Conversation read(Message... messages) {
    return reader.read(request(messages), Map.of());
  }

  private static ChatRequest request(Message... messages) {
    return ChatBodies.read("{}").withMessages(List.of(messages));
  }
}

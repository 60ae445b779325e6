package dev.memoryrouter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.conversation.ClientKind;
import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.ConversationReader;
import dev.memoryrouter.conversation.HumanWords;
import dev.memoryrouter.conversation.Mode;
import dev.memoryrouter.conversation.PrefixChain;
import dev.memoryrouter.conversation.TurnKind;
import dev.memoryrouter.testing.AgentConversations.Shape;
import dev.memoryrouter.testing.AgentConversations.Step;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

/// What the generator makes reads back as it was meant.
class AgentConversationsTest {
  private static final String WORKSPACE = "/srv/code/tide clock";

  private final ConversationReader reader = new ConversationReader();

  @ParameterizedTest
  @EnumSource
  void nextTurn_randomSteps_readBackAsIntended(Shape shape) {
    for (long seed = 1; seed <= 8; seed++) {
      AgentConversations agent = new AgentConversations(shape, WORKSPACE, 3_000, seed);
      Random random = new Random(seed);
      String words = "first words " + seed;
      ObjectNode body = agent.firstTurn(words);
      check(shape, agent, body, TurnKind.FIRST, words, seed);
      PrefixChain before = read(agent, body).prefixes();

      for (int n = 0; n < 12; n++) {
        Step step = step(agent, random, n);
        words = wordsAfter(step, words);
        body = agent.nextTurn(body, agent.prose(80), step);
        TurnKind turn = step instanceof Step.ToolResult ? TurnKind.TOOL_LOOP : TurnKind.HUMAN;
        check(shape, agent, body, turn, words, seed);
        PrefixChain after = read(agent, body).prefixes();
        assertThat(after.hashes())
            .as("seed %d", seed)
            .startsWith(before.hashes().toArray(String[]::new));
        before = after;
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void firstTurn_sameSeed_sameBody(Shape shape) {
    assertThat(new AgentConversations(shape, WORKSPACE, 500, 7).grown(20_000))
        .isEqualTo(new AgentConversations(shape, WORKSPACE, 500, 7).grown(20_000))
        .isNotEqualTo(new AgentConversations(shape, WORKSPACE, 500, 8).grown(20_000));
  }

  private void check(
      Shape shape,
      AgentConversations agent,
      ObjectNode body,
      TurnKind turn,
      String words,
      long seed) {
    for (Map<String, String> headers : headers(shape, agent)) {
      Conversation read = reader.read(ChatBodies.read(body), headers);
      assertThat(read.client()).as("seed %d", seed).isEqualTo(client(shape));
      assertThat(read.turn()).as("seed %d", seed).isEqualTo(turn);
      HumanWords human = read.human();
      assertThat(human == null ? "" : human.text()).as("seed %d", seed).isEqualTo(words);
      assertThat(read.mode()).as("seed %d", seed).isEqualTo(mode(shape, agent));
      assertThat(read.workspace()).isEqualTo(shape == Shape.PLAIN ? null : WORKSPACE);
      assertThat(read.helper()).isFalse();
    }
  }

  /// Without headers the envelope alone must tell, of those that have one.
  private static List<Map<String, String>> headers(Shape shape, AgentConversations agent) {
    return switch (shape) {
      case CONTINUE, OPENCODE, KILO -> List.of(agent.headers());
      default -> List.of(agent.headers(), Map.of());
    };
  }

  private Conversation read(AgentConversations agent, ObjectNode body) {
    return reader.read(ChatBodies.read(body), agent.headers());
  }

  private static Step step(AgentConversations agent, Random random, int n) {
    if (random.nextInt(6) == 0) {
      agent.toggleMode();
      return new Step.Words("words after the toggle " + n);
    }
    return switch (random.nextInt(5)) {
      case 0 -> new Step.Words("words " + n + "\nin two lines with </task> and <feedback>");
      case 1 -> new Step.Comment(agent.code(300), "a \"comment\" " + n);
      case 2 -> new Step.Picture("look " + n);
      default -> new Step.ToolResult(agent.code(500));
    };
  }

  private static String wordsAfter(Step step, String before) {
    return switch (step) {
      case Step.ToolResult _ -> before;
      case Step.Words(String words) -> words;
      case Step.Comment(_, String words) -> words;
      case Step.Picture(String words) -> words;
    };
  }

  private static @Nullable Mode mode(Shape shape, AgentConversations agent) {
    return switch (shape) {
      case PLAIN, QWEN_CODE -> null;
      default -> agent.isPlanning() ? Mode.PLAN : Mode.ACT;
    };
  }

  private static ClientKind client(Shape shape) {
    return switch (shape) {
      case CLINE_XML, CLINE_NATIVE -> ClientKind.CLINE;
      case CLINE_SDK -> ClientKind.CLINE_SDK;
      case ROO_NATIVE -> ClientKind.ROO;
      case CONTINUE -> ClientKind.CONTINUE;
      case OPENCODE -> ClientKind.OPENCODE;
      case KILO -> ClientKind.KILO;
      case QWEN_CODE -> ClientKind.QWEN_CODE;
      case PLAIN -> ClientKind.OTHER;
    };
  }
}

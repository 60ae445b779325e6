package dev.memoryrouter.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.ConversationReader;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.retrieval.Hit;
import dev.memoryrouter.testing.ChatBodies;
import dev.memoryrouter.tokens.CountCache;
import dev.memoryrouter.tokens.TokenCounters;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Growing conversations with random tools, memory, limits and models: whatever is sent fits, is
/// whole where it must be, and repeats what was sent before.
class RandomFitsTest {
  private static final int CASES = Integer.getInteger("fits.cases", 5_000);
  private static final MemorySettings SETTINGS = new MemorySettings(0.15, 6000, 0.2, true);

  private final long seed = Long.getLong("fits.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final PromptCounter counter = new PromptCounter(new CountCache(), TokenCounters::of);
  private final PromptFitter fitter = new PromptFitter(counter, PromptMemory.inMemory());
  private final ConversationReader reader = new ConversationReader();

  private int cases;
  private int compacted;
  private int refused;

  @Test
  void fit_randomConversations_keepTheRules() {
    while (cases < CASES) {
      grow(JsonMapper.shared().createArrayNode(), 1_200 + random.nextInt(9_000));
    }
    System.out.printf(
        "seed %d: %d fits, %d compacted, %d too long%n", seed, cases, compacted, refused);
    assertThat(compacted).isPositive();
    assertThat(refused).isPositive();
  }

  /// One conversation that grows turn by turn against one limit.
  private void grow(ArrayNode messages, int limit) {
    messages.addObject().put("role", "system").put("content", words("s", 300));
    FittedPrompt last = null;
    for (int turn = 0; turn < 12 && cases < CASES; turn++) {
      addTurn(messages, turn);
      Conversation conversation = read(messages);
      cases++;
      switch (fit(conversation, limit)) {
        case Fit.TooLong tooLong -> {
          refused++;
          assertThat(tooLong.promptTokens() + tooLong.reserve()).as(which()).isGreaterThan(limit);
        }
        case Fit.Fits(FittedPrompt prompt) -> {
          check(conversation, prompt, limit);
          if (last != null && prompt.shortened().isEmpty() && !droppedABlock(prompt)) {
            assertThat(prompt.request().messages().subList(0, last.request().messages().size()))
                .as(which())
                .isEqualTo(last.request().messages());
          }
          fitter.remember(conversation, "bank", prompt);
          last = prompt;
        }
      }
    }
  }

  private static boolean droppedABlock(FittedPrompt prompt) {
    return prompt.entries().stream().anyMatch(entry -> entry.reason().contains("no room left"));
  }

  private void check(Conversation conversation, FittedPrompt prompt, int limit) {
    assertThat(counter.count(prompt.request(), "qwen"))
        .as(which())
        .isLessThanOrEqualTo(prompt.promptTokens());
    assertThat(prompt.promptTokens() + prompt.reserve()).as(which()).isLessThanOrEqualTo(limit);
    List<Message> before = conversation.request().messages();
    List<Message> after = prompt.request().messages();
    assertThat(after).as(which()).hasSameSizeAs(before);
    for (int i = 0; i < before.size(); i++) {
      if (before.get(i).role() != Role.TOOL) {
        assertThat(after.get(i).text()).as(which()).startsWith(before.get(i).text());
      }
    }
    compacted += prompt.compacted() > 0 ? 1 : 0;
  }

  private Fit fit(Conversation conversation, int limit) {
    RequestFitter.Target target =
        new RequestFitter.Target(
            "qwen3", "qwen", new EffectiveLimit(limit, "context"), 2_048, false, 0);
    RequestFitter request = fitter.prepare(conversation, randomOffer(), SETTINGS);
    Fit plain = request.fit(target, false);
    return plain instanceof Fit.TooLong ? request.fit(target, true) : plain;
  }

  private void addTurn(ArrayNode messages, int turn) {
    if (turn > 0 && random.nextInt(3) > 0) {
      addToolStep(messages, "call" + turn);
      return;
    }
    if (turn > 0) {
      messages.addObject().put("role", "assistant").put("content", words("a", 200));
    }
    messages.addObject().put("role", "user").put("content", words("u", 200) + "last " + turn);
  }

  private void addToolStep(ArrayNode messages, String id) {
    ObjectNode call =
        messages.addObject().put("role", "assistant").putArray("tool_calls").addObject();
    call.put("id", id).put("type", "function");
    call.putObject("function")
        .put("name", "read_file")
        .put("arguments", "{\"path\":\"f%d\"}".formatted(random.nextInt(4)));
    messages
        .addObject()
        .put("role", "tool")
        .put("tool_call_id", id)
        .put("content", words("t", 1_500));
  }

  private MemoryOffer randomOffer() {
    return new MemoryOffer(
        "bank",
        List.of(),
        IntStream.range(0, random.nextInt(6)).mapToObj(_ -> randomHit()).toList());
  }

  private Hit randomHit() {
    String name = "h" + random.nextInt(30);
    String text = name + ' ' + words("m", 300);
    return new Hit("bank", name + ".md", name, List.of(name), 1, 2, random.nextDouble(), 1, text);
  }

  private String words(String word, int most) {
    return (word + random.nextInt(10) + ' ').repeat(1 + random.nextInt(most));
  }

  private Conversation read(ArrayNode messages) {
    ObjectNode body = JsonMapper.shared().createObjectNode().put("model", "m");
    body.set("messages", messages);
    return reader.read(ChatBodies.read(body.toString()), Map.of());
  }

  private String which() {
    return "seed " + seed + ", case " + cases;
  }
}

package dev.memoryrouter.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.ConversationReader;
import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.testing.ChatBodies;
import dev.memoryrouter.tokens.CountCache;
import dev.memoryrouter.tokens.TokenCounters;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class CompactionTest {
  private static final MemorySettings SETTINGS = new MemorySettings(0.15, 6000, 0.2, true);
  private static final String LONG = "public void run() { total += 1; }\n".repeat(150);

  private final PromptCounter counter = new PromptCounter(new CountCache(), TokenCounters::of);
  private final PromptFitter fitter = new PromptFitter(counter, PromptMemory.inMemory());
  private final ArrayNode messages = JsonMapper.shared().createArrayNode();

  @Test
  void fit_toolLoopThatDoesNotFit_shortensSupersededResultsFirst() {
    begin();
    read("a.java", "first version\n" + LONG);
    read("b.java", LONG);
    read("a.java", "second version\n" + LONG);
    steps(4);
    Conversation conversation = conversation();
    assertThat(fit(conversation, 4_800, false)).isInstanceOf(Fit.TooLong.class);

    FittedPrompt prompt = fits(conversation, 4_800);

    List<Message> sent = prompt.request().messages();
    assertThat(sent.get(3).text())
        .startsWith("first version")
        .contains("shortened by the router", "read_file", "a.java", "made again later")
        .hasSizeLessThan(1_000);
    assertThat(sent.get(7).text()).startsWith("second version");
    assertThat(sent.get(1)).isEqualTo(conversation.request().messages().get(1));
    assertThat(sent.getLast()).isEqualTo(conversation.request().messages().getLast());
    assertThat(prompt.compacted()).isPositive().isEqualTo(prompt.shortened().size());
    assertThat(prompt.promptTokens() + prompt.reserve()).isLessThanOrEqualTo(4_800);
  }

  @Test
  void fit_laterTurns_keepWhatWasShortenedByteForByte() {
    begin();
    read("a.java", LONG);
    read("b.java", LONG);
    steps(4);
    FittedPrompt first = fits(conversation(), 3_900);
    fitter.remember(conversation(), "bank", first);
    assertThat(first.compacted()).isPositive();

    read("c.java", "short");
    FittedPrompt second = fits(conversation(), 3_900);

    int before = first.request().messages().size();
    assertThat(second.request().messages().subList(0, before))
        .isEqualTo(first.request().messages());
    assertThat(second.shortened()).isEmpty();
    assertThat(second.compacted()).isEqualTo(first.compacted());
    assertThat(fits(conversation(), 50_000).compacted()).as("a larger limit").isPositive();
  }

  @Test
  void fit_otherModel_packsAnew() {
    begin();
    read("a.java", LONG);
    steps(4);
    fitter.remember(conversation(), "bank", fits(conversation(), 2_600));
    RequestFitter.Target other = target("llama4", 50_000);

    Fit fit = fitter.prepare(conversation(), MemoryOffer.NONE, SETTINGS).fit(other, true);

    assertThat(fit)
        .isInstanceOfSatisfying(
            Fit.Fits.class, fits -> assertThat(fits.prompt().compacted()).isZero());
  }

  @Test
  void fit_nothingToShorten_isTooLong() {
    begin();
    messages.addObject().put("role", "assistant").put("content", LONG.repeat(3));
    messages.addObject().put("role", "user").put("content", "go on");
    assertThat(fit(conversation(), 4_000, true)).isInstanceOf(Fit.TooLong.class);
  }

  @Test
  void fit_personsAnswerThroughATool_isNeverShortened() {
    begin();
    call("c9", "ask_followup_question", "{}");
    messages.addObject().put("role", "tool").put("tool_call_id", "c9").put("content", LONG);
    steps(4);
    assertThat(fit(conversation(), 2_500, true)).isInstanceOf(Fit.TooLong.class);
  }

  @Test
  void fit_resultsUnderHeaders_areShortened() {
    messages.addObject().put("role", "user").put("content", "<task>\nFix it.\n</task>");
    for (int i = 0; i < 8; i++) {
      messages.addObject().put("role", "assistant").put("content", "<read_file/>");
      ArrayNode parts = messages.addObject().put("role", "user").putArray("content");
      parts
          .addObject()
          .put("type", "text")
          .put("text", "[read_file for 'f%d.java'] Result:\n%s".formatted(i, LONG));
    }
    FittedPrompt prompt = fits(conversation(), 9_000);
    assertThat(prompt.compacted()).isPositive();
    assertThat(prompt.request().messages().get(2).text())
        .startsWith("[read_file for 'f0.java'] Result:\npublic void run()")
        .contains("shortened by the router");
  }

  private void begin() {
    messages.addObject().put("role", "system").put("content", "Be brief.");
    messages.addObject().put("role", "user").put("content", "Fix the build.");
  }

  private void steps(int count) {
    for (int i = 0; i < count; i++) {
      read("small" + i, "ok " + i);
    }
  }

  private void read(String file, String content) {
    String id = "c" + messages.size();
    call(id, "read_file", "{\"path\":\"" + file + "\"}");
    messages.addObject().put("role", "tool").put("tool_call_id", id).put("content", content);
  }

  private void call(String id, String tool, String arguments) {
    ObjectNode call =
        messages.addObject().put("role", "assistant").putArray("tool_calls").addObject();
    call.put("id", id).put("type", "function");
    call.putObject("function").put("name", tool).put("arguments", arguments);
  }

  private Conversation conversation() {
    ObjectNode body = JsonMapper.shared().createObjectNode().put("model", "m");
    body.set("messages", messages);
    return new ConversationReader().read(ChatBodies.read(body.toString()), Map.of());
  }

  private FittedPrompt fits(Conversation conversation, int limit) {
    Fit fit = fit(conversation, limit, true);
    assertThat(fit).isInstanceOf(Fit.Fits.class);
    return ((Fit.Fits) fit).prompt();
  }

  private Fit fit(Conversation conversation, int limit, boolean compact) {
    return fitter
        .prepare(conversation, MemoryOffer.NONE, SETTINGS)
        .fit(target("qwen3", limit), compact);
  }

  private static RequestFitter.Target target(String model, int limit) {
    return new RequestFitter.Target(
        model, "qwen", new EffectiveLimit(limit, "context"), 1_024, false, 0);
  }
}

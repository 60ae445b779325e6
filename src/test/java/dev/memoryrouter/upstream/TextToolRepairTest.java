package dev.memoryrouter.upstream;

import static dev.memoryrouter.upstream.Calls.tool;
import static dev.memoryrouter.upstream.Calls.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.GenerationOptions;
import dev.memoryrouter.conversation.ResponseFormat;
import dev.memoryrouter.conversation.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextToolRepairTest {
  private static final ChatEvent FINISH = new ChatEvent.Finish(FinishReason.STOP);
  private static final ChatEvent USAGE = new ChatEvent.Usage(5, 4, null);

  private static UpstreamCall call(boolean repair, boolean textTools, ToolChoice choice) {
    var request =
        Calls.request(
            List.of(user("x")),
            List.of(tool("read"), tool("list")),
            choice,
            GenerationOptions.NONE);
    var model = Calls.model("m", ModelSettings.Think.OFF, null, repair);
    return new UpstreamCall(request, model, "m", 8192, 100, textTools);
  }

  private static UpstreamCall askingForJson() {
    UpstreamCall call = call(true, false, new ToolChoice.Unset());
    ChatRequest asked = call.request();
    var request =
        new ChatRequest(
            asked.model(),
            asked.messages(),
            asked.tools(),
            asked.toolChoice(),
            asked.options(),
            new ResponseFormat.JsonObject(),
            asked.extras());
    return new UpstreamCall(request, call.model(), "m", 8192, 100, false);
  }

  private static List<ChatEvent> repaired(ChatEvent... events) throws InterruptedException {
    return Calls.all(
        TextToolRepair.of(
            ChatStream.of(List.of(events)), call(true, false, new ToolChoice.Unset())));
  }

  private static List<ChatEvent> repaired(List<String> pieces) throws InterruptedException {
    var events = new ArrayList<ChatEvent>();
    pieces.forEach(piece -> events.add(new ChatEvent.Text(piece)));
    events.add(USAGE);
    events.add(FINISH);
    return repaired(events.toArray(ChatEvent[]::new));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\":\"read\",\"arguments\":{\"p\":\"}{\"}}",
        " \n{ \"arguments\": {\"p\":\"}{\"}, \"name\" : \"read\" } \n",
        "<tool_call>\n{\"name\":\"read\",\"arguments\":{\"p\":\"}{\"}}\n</tool_call>",
        "<tool_call>{\"name\":\"read\",\"arguments\":{\"p\":\"}{\"}}",
        "```json\n{\"name\":\"read\",\"arguments\":{\"p\":\"}{\"}}\n```\n",
        "```\n{\"name\":\"read\",\"arguments\":\"{\\\"p\\\":\\\"}{\\\"}\"}\n```",
      })
  void next_printedCall_becomesACall(String text) throws Exception {
    List<ChatEvent> events = repaired(List.of(text));

    assertThat(Calls.toolCalls(events)).containsExactly("read({\"p\":\"}{\"})");
    assertThat(Calls.text(events)).isEmpty();
    assertThat(events)
        .endsWith(
            USAGE,
            new ChatEvent.Finish(FinishReason.TOOL_CALLS, Set.of(Correction.REPAIRED_TOOL_CALLS)));
  }

  @Test
  void next_severalBlocks_becomeSeveralCalls() throws Exception {
    List<ChatEvent> events =
        repaired(
            List.of(
                "<tool_call>{\"name\":\"read\",\"arguments\":{}}</tool_call>\n"
                    + "<tool_call>{\"name\":\"list\",\"arguments\":{\"n\":1.0}}</tool_call>"));

    assertThat(Calls.toolCalls(events)).containsExactly("read({})", "list({\"n\":1.0})");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Plain words.",
        "{\"name\":\"unknown\",\"arguments\":{}}",
        "{\"answer\":42}",
        "{\"name\":\"read\",\"arguments\":[1]}",
        "{\"name\":\"read\"}",
        "{\"name\":\"read\",\"arguments\":{}} and more words",
        "{\"name\":\"read\",\"arguments\":{}",
        "<tool_call>{\"name\":\"read\",\"arguments\":{}}</tool_call> done",
        "<tool_calls>",
        "<tool",
        "```java\nclass A {}\n```",
        "```json\n{\"name\":\"read\",\"arguments\":{}}\n``` see above",
        "`{`",
        "   ",
      })
  void next_anythingElse_passesUnchanged(String text) throws Exception {
    List<ChatEvent> events = repaired(List.of(text));

    assertThat(Calls.text(events)).isEqualTo(text);
    assertThat(Calls.toolCalls(events)).isEmpty();
    assertThat(events).endsWith(USAGE, FINISH);
  }

  @Test
  void next_anySplitOfTheText_givesTheSameResult() throws Exception {
    long seed = 20_260_822;
    var random = new Random(seed);
    List<String> texts =
        List.of(
            "```json\n{\"name\":\"read\",\"arguments\":{\"p\":\"a\\\"}\"}}\n```",
            "<tool_call>\n{\"name\":\"read\",\"arguments\":{}}\n</tool_call>\n<tool_call>{\"name\":"
                + "\"list\",\"arguments\":{}}</tool_call>",
            "{\"name\":\"read\",\"arguments\":{}} but no",
            "Words with {\"name\":\"read\",\"arguments\":{}} inside");
    for (String text : texts) {
      List<ChatEvent> whole = repaired(List.of(text));
      for (int round = 0; round < 50; round++) {
        List<ChatEvent> split = repaired(split(text, random));
        assertThat(Calls.text(split)).as("seed %d: %s", seed, text).isEqualTo(Calls.text(whole));
        assertThat(Calls.toolCalls(split))
            .as("seed %d: %s", seed, text)
            .isEqualTo(Calls.toolCalls(whole));
        assertThat(Calls.finish(split)).isEqualTo(Calls.finish(whole));
      }
    }
  }

  private static List<String> split(String text, Random random) {
    var pieces = new ArrayList<String>();
    for (int at = 0; at < text.length(); ) {
      int end = Math.min(text.length(), at + 1 + random.nextInt(6));
      pieces.add(text.substring(at, end));
      at = end;
    }
    return pieces;
  }

  @Test
  void next_textThatCannotBecomeACall_isNotHeldBack() throws Exception {
    var stream =
        TextToolRepair.of(
            ChatStream.of(
                List.of(
                    new ChatEvent.Text("{\"ans"),
                    new ChatEvent.Text("wer\": 1, "),
                    new ChatEvent.Text("\"b\": 2}"),
                    FINISH)),
            call(true, false, new ToolChoice.Unset()));

    assertThat(stream.next()).isEqualTo(new ChatEvent.Text("{\"answer\": 1, "));
    assertThat(stream.next()).isEqualTo(new ChatEvent.Text("\"b\": 2}"));
  }

  @Test
  void next_nativeCall_leavesTextAlone() throws Exception {
    var text = new ChatEvent.Text("{\"name\":\"read\",\"arguments\":{}}");
    var start = new ChatEvent.ToolCallStart(0, "id", "list");
    var finish = new ChatEvent.Finish(FinishReason.TOOL_CALLS);

    assertThat(repaired(text, start, finish)).containsExactly(text, start, finish);
  }

  @Test
  void next_reasoningBefore_passesAtOnceAndIsNoCall() throws Exception {
    var thought = new ChatEvent.Reasoning("{\"name\":\"read\",\"arguments\":{}}");

    List<ChatEvent> events =
        repaired(thought, new ChatEvent.Text("{\"name\":\"list\",\"arguments\":{}}"), FINISH);

    assertThat(events.getFirst()).isEqualTo(thought);
    assertThat(Calls.toolCalls(events)).containsExactly("list({})");
  }

  @Test
  void next_failure_leavesNothingHalfShown() throws Exception {
    var failure = new ChatEvent.Failure(new UpstreamFailure.Broken("lost"));

    assertThat(repaired(new ChatEvent.Text("{\"name\":\"re"), failure)).containsExactly(failure);
  }

  @Test
  void of_notWanted_isTheStreamItself() {
    var source = ChatStream.of(List.of(FINISH));

    assertThat(TextToolRepair.of(source, call(false, false, new ToolChoice.Unset())))
        .isSameAs(source);
    assertThat(TextToolRepair.of(source, call(true, true, new ToolChoice.Unset())))
        .isSameAs(source);
    assertThat(TextToolRepair.of(source, call(true, false, new ToolChoice.None())))
        .isSameAs(source);
    assertThat(TextToolRepair.of(source, askingForJson())).isSameAs(source);
  }
}

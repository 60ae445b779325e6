package dev.memoryrouter.upstream;

import static dev.memoryrouter.upstream.Calls.tool;
import static dev.memoryrouter.upstream.Calls.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.conversation.GenerationOptions;
import dev.memoryrouter.conversation.ToolChoice;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ToolTermsTest {
  private static final ChatEvent TEXT = new ChatEvent.Text("I will read it.");
  private static final ChatEvent REASONING = new ChatEvent.Reasoning("hm");
  private static final ChatEvent USAGE = new ChatEvent.Usage(5, 3, null);
  private static final ChatEvent STOP = new ChatEvent.Finish(FinishReason.STOP);
  private static final ChatEvent CALLED = new ChatEvent.Finish(FinishReason.TOOL_CALLS);
  private static final ChatEvent FIRST = new ChatEvent.ToolCallStart(0, "a", "read");
  private static final ChatEvent FIRST_ARGUMENTS = new ChatEvent.ToolCallArguments(0, "{}");

  private static UpstreamCall call(ToolChoice choice, @Nullable Boolean parallel) {
    var options =
        new GenerationOptions(null, null, null, null, null, null, List.of(), null, parallel);
    return Calls.call(
        Calls.request(List.of(user("x")), List.of(tool("read")), choice, options),
        Calls.model("m"));
  }

  private static List<ChatEvent> held(UpstreamCall call, ChatEvent... events)
      throws InterruptedException {
    return Calls.all(ToolTerms.of(ChatStream.of(List.of(events)), call));
  }

  static Stream<ToolChoice> demands() {
    return Stream.of(new ToolChoice.Required(), new ToolChoice.Named("read"));
  }

  @ParameterizedTest
  @MethodSource("demands")
  void next_demandedCallComes_passesAllInOrder(ToolChoice choice) throws Exception {
    assertThat(held(call(choice, null), REASONING, TEXT, FIRST, FIRST_ARGUMENTS, USAGE, CALLED))
        .containsExactly(REASONING, TEXT, FIRST, FIRST_ARGUMENTS, USAGE, CALLED);
  }

  @ParameterizedTest
  @MethodSource("demands")
  void next_demandedCallIsMissing_failsWithNothingShown(ToolChoice choice) throws Exception {
    List<ChatEvent> events = held(call(choice, null), TEXT, USAGE, STOP);

    assertThat(events).hasSize(1);
    assertThat(Calls.failure(events))
        .isInstanceOfSatisfying(
            UpstreamFailure.Empty.class,
            empty -> assertThat(empty.message()).contains("'m'", "'local'", "tool_choice"));
  }

  @Test
  void next_anotherToolThanTheNamedOne_failsWithNothingShown() throws Exception {
    var other = new ChatEvent.ToolCallStart(0, "a", "write");

    List<ChatEvent> events =
        held(call(new ToolChoice.Named("read"), null), other, FIRST_ARGUMENTS, CALLED);

    assertThat(events).hasSize(1);
    assertThat(Calls.failure(events)).isInstanceOf(UpstreamFailure.Empty.class);
  }

  @Test
  void next_namedToolAfterAnother_passesAllInOrder() throws Exception {
    var other = new ChatEvent.ToolCallStart(0, "a", "write");
    var named = new ChatEvent.ToolCallStart(1, "b", "read");

    assertThat(
            held(call(new ToolChoice.Named("read"), null), other, FIRST_ARGUMENTS, named, CALLED))
        .containsExactly(other, FIRST_ARGUMENTS, named, CALLED);
  }

  @Test
  void next_droppedCallWasCutOff_theOnePassedOnIsWhole() throws Exception {
    assertThat(
            held(
                call(new ToolChoice.Auto(), false),
                FIRST,
                FIRST_ARGUMENTS,
                new ChatEvent.ToolCallStart(1, "b", "read"),
                new ChatEvent.Finish(FinishReason.LENGTH)))
        .last()
        .isEqualTo(
            new ChatEvent.Finish(
                FinishReason.TOOL_CALLS, Set.of(Correction.DROPPED_PARALLEL_CALLS)));
  }

  @Test
  void next_oneCallAllowed_dropsTheOthersAndSaysSo() throws Exception {
    assertThat(
            held(
                call(new ToolChoice.Auto(), false),
                TEXT,
                FIRST,
                FIRST_ARGUMENTS,
                new ChatEvent.ToolCallStart(1, "b", "read"),
                new ChatEvent.ToolCallArguments(1, "{}"),
                USAGE,
                CALLED))
        .containsExactly(
            TEXT,
            FIRST,
            FIRST_ARGUMENTS,
            USAGE,
            new ChatEvent.Finish(
                FinishReason.TOOL_CALLS, Set.of(Correction.DROPPED_PARALLEL_CALLS)));
  }

  @Test
  void next_oneCallAllowedAndOneMade_passesUnchanged() throws Exception {
    assertThat(held(call(new ToolChoice.Auto(), false), FIRST, FIRST_ARGUMENTS, CALLED))
        .containsExactly(FIRST, FIRST_ARGUMENTS, CALLED);
  }

  @Test
  void of_noTerms_isTheStreamItself() {
    var source = ChatStream.of(List.of(STOP));

    assertThat(ToolTerms.of(source, call(new ToolChoice.Auto(), true))).isSameAs(source);
    assertThat(ToolTerms.of(source, call(new ToolChoice.Unset(), null))).isSameAs(source);
    assertThat(ToolTerms.of(source, Calls.call("m", "x"))).isSameAs(source);
  }
}

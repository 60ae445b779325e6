package dev.memoryrouter.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// How an answer ends, whatever its format.
class AnswerEventsTest {
  private static final UpstreamFailure LOST = new UpstreamFailure.Broken("lost");
  private static final ChatEvent STOP = new ChatEvent.Finish(FinishReason.STOP);

  private final AnswerEvents events = new AnswerEvents("model 'm' on upstream 'u'", 20);

  private List<ChatEvent> all() {
    var all = new ArrayList<ChatEvent>();
    for (ChatEvent event = events.poll(); event != null; event = events.poll()) {
      all.add(event);
    }
    return all;
  }

  @Test
  void complete_withoutFinish_fails() {
    events.text("half");
    events.complete();

    assertThat(Calls.failure(all())).isInstanceOf(UpstreamFailure.Broken.class);
  }

  @Test
  void complete_noContent_isEmpty() {
    events.text("\n ");
    events.finish(FinishReason.STOP);
    events.complete();

    assertThat(Calls.failure(all())).isInstanceOf(UpstreamFailure.Empty.class);
  }

  @Test
  void complete_onlyReasoning_isEmpty() {
    events.reasoning("so");
    events.finish(FinishReason.LENGTH);
    events.complete();

    assertThat(Calls.failure(all()))
        .isInstanceOfSatisfying(
            UpstreamFailure.Empty.class,
            empty -> assertThat(empty.message()).contains("only reasoning", "output limit"));
  }

  @Test
  void usage_beforeAndAfterTheFinish_theLastOneHolds() {
    events.usage(5, 1, null);
    events.text("a");
    events.finish(FinishReason.STOP);
    events.usage(7, 2, 3);
    events.complete();

    assertThat(all()).containsExactly(new ChatEvent.Text("a"), new ChatEvent.Usage(7, 2, 3), STOP);
  }

  @Test
  void text_afterTheFinish_isNotLost() {
    events.text("a");
    events.finish(FinishReason.STOP);
    events.text("b");
    events.finish(FinishReason.LENGTH);
    events.complete();

    assertThat(all()).containsExactly(new ChatEvent.Text("a"), new ChatEvent.Text("b"), STOP);
  }

  @Test
  void fail_afterTheFinishOfAWholeAnswer_doesNotTakeItBack() {
    events.text("a");
    events.finish(FinishReason.STOP);
    events.fail(LOST);

    assertThat(all()).containsExactly(new ChatEvent.Text("a"), STOP);
  }

  @Test
  void fail_afterTheFinishOfAnEmptyAnswer_isTheFailure() {
    events.finish(FinishReason.STOP);
    events.fail(LOST);

    assertThat(all()).containsExactly(new ChatEvent.Failure(LOST));
  }

  @Test
  void over_nothingFollows() {
    events.fail(LOST);
    events.text("a");
    events.reasoning("b");
    events.arguments(events.toolCall(null, "t"), "{}");
    events.finish(FinishReason.STOP);
    events.complete();
    events.fail(new UpstreamFailure.Busy("later"));

    assertThat(all()).containsExactly(new ChatEvent.Failure(LOST));
  }

  @Test
  void text_runOn_endsByLength() {
    for (int i = 0; i < 100; i++) {
      events.text(i % 2 == 0 ? " the" : "the ");
    }

    List<ChatEvent> all = all();
    assertThat(all).hasSize(22).endsWith(stopped());
  }

  @Test
  void text_blankRunOnAfterWords_endsByLength() {
    events.text("Done.");
    for (int i = 0; i < 100; i++) {
      events.text(i % 3 == 0 ? "\n\n" : " ");
    }

    assertThat(all()).hasSize(23).endsWith(stopped());
  }

  @Test
  void text_onlyBlankRunOn_isEmpty() {
    for (int i = 0; i < 100; i++) {
      events.text("\n");
    }

    assertThat(all()).hasSize(1);
  }

  @Test
  void reasoning_runOn_isEmpty() {
    for (int i = 0; i < 100; i++) {
      events.reasoning("hm");
    }

    assertThat(Calls.failure(all())).isInstanceOf(UpstreamFailure.Empty.class);
  }

  @Test
  void arguments_runOn_endByLength() {
    int call = events.toolCall(null, "write");
    events.arguments(call, "{\"text\":");
    for (int i = 0; i < 100; i++) {
      events.arguments(call, " ");
    }

    assertThat(all()).endsWith(stopped());
  }

  @Test
  void text_repetitionsWithOthersBetween_arePassed() {
    for (int i = 0; i < 100; i++) {
      events.text("0");
      events.text(", ");
    }
    events.finish(FinishReason.STOP);
    events.complete();

    assertThat(all()).hasSize(201).endsWith(STOP);
  }

  @Test
  void text_noLimit_passesAnyRun() {
    var unlimited = new AnswerEvents("m", null);
    for (int i = 0; i < 5_000; i++) {
      unlimited.text("a");
    }

    assertThat(unlimited.over()).isFalse();
  }

  private static ChatEvent stopped() {
    return new ChatEvent.Finish(FinishReason.LENGTH, Set.of(Correction.STOPPED_RUN_ON));
  }
}

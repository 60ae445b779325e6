package dev.memoryrouter.upstream;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The events of one answer as a format reader finds them, and the one place that decides how it
/// ends. Keeps the promises of [ChatEvent]: no empty pieces, contiguous tool calls with unique ids
/// and non-empty arguments, one usage, one terminal event, and no answer without content.
///
/// | | piece of the answer | finish reason | usage | failure | end of input |
/// |---|---|---|---|---|---|
/// | waiting, answering | passes; a run-on ends the answer by length | awaits the end | the last one holds | fails | fails: broken off |
/// | finished | passes | the first one holds | the last one holds | ends as finished, unless there is no content | ends as finished; fails when there is no content |
/// | over | is dropped | – | – | – | – |
public final class AnswerEvents {
  private static final Pattern USABLE_ID = Pattern.compile("[A-Za-z0-9_-]{1,40}");

  private final String who;
  private final RunOn runOn;
  private final Queue<ChatEvent> events = new ArrayDeque<>();
  private final List<StringBuilder> arguments = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private final Set<Correction> corrections = EnumSet.noneOf(Correction.class);

  /// White space before the first words; alone it is no answer.
  private final StringBuilder leadingBlank = new StringBuilder();

  private boolean words;
  private boolean reasoned;
  private boolean over;
  private ChatEvent.@Nullable Usage usage;
  private @Nullable FinishReason finish;

  /// Events of an answer that has not begun.
  ///
  /// @param who names model and upstream in failures
  /// @param runOnLimit most identical or blank pieces in a row; null for any number
  public AnswerEvents(String who, @Nullable Integer runOnLimit) {
    this.who = who;
    this.runOn = new RunOn(runOnLimit);
  }

  public void text(String piece) {
    if (over || piece.isEmpty()) {
      return;
    }
    if (words) {
      events.add(new ChatEvent.Text(piece));
    } else {
      firstWords(piece);
    }
    endRunOn(piece);
  }

  private void firstWords(String piece) {
    leadingBlank.append(piece);
    if (!piece.isBlank()) {
      words = true;
      events.add(new ChatEvent.Text(leadingBlank.toString()));
    }
  }

  public void reasoning(String piece) {
    if (!over && !piece.isEmpty()) {
      reasoned = true;
      events.add(new ChatEvent.Reasoning(piece));
      endRunOn(piece);
    }
  }

  /// Begins a tool call.
  ///
  /// @param id replaced by one of ours when it is missing, not unique or of a form that clients
  ///   refuse
  /// @return the call's index
  public int toolCall(@Nullable String id, String name) {
    int index = arguments.size();
    arguments.add(new StringBuilder());
    if (!over) {
      events.add(new ChatEvent.ToolCallStart(index, usableId(id), name));
    }
    return index;
  }

  public void arguments(int index, String fragment) {
    if (!over && !fragment.isEmpty()) {
      arguments.get(index).append(fragment);
      events.add(new ChatEvent.ToolCallArguments(index, fragment));
      endRunOn(fragment);
    }
  }

  /// What the upstream counted; the last one said holds. A prompt of no tokens means that it does
  /// not know.
  public void usage(int promptTokens, int completionTokens, @Nullable Integer cachedTokens) {
    if (promptTokens > 0) {
      usage = new ChatEvent.Usage(promptTokens, completionTokens, cachedTokens);
    }
  }

  /// The model has stopped; usage may still follow. The first reason said holds.
  public void finish(FinishReason reason) {
    if (finish == null) {
      finish = reason;
    }
  }

  /// Nothing follows. Without a finish reason the stream broke off.
  public void complete() {
    @Nullable FinishReason reason = finish;
    if (reason == null) {
      end(
          new UpstreamFailure.Broken(
              who + " ended its stream without a finish: it was stopped or failed on the way."));
    } else if (hasContent()) {
      completeWith(reason);
    } else {
      end(new UpstreamFailure.Empty(emptyMessage(reason)));
    }
  }

  /// Something went wrong. What comes after the finish reason of a whole answer does not take the
  /// answer back.
  public void fail(UpstreamFailure failure) {
    if (finish != null && hasContent()) {
      complete();
    } else {
      end(failure);
    }
  }

  /// The server itself ends a run of so many identical tokens, without a word.
  public void stoppedByServerAfter(int repetitions) {
    if (runOn.length() >= repetitions) {
      finish(FinishReason.LENGTH);
      corrections.add(Correction.STOPPED_RUN_ON);
      complete();
    }
  }

  private void endRunOn(String piece) {
    if (runOn.exceededBy(piece)) {
      corrections.add(Correction.STOPPED_RUN_ON);
      finish(FinishReason.LENGTH);
      complete();
    }
  }

  private boolean hasContent() {
    return words || !arguments.isEmpty();
  }

  private void end(UpstreamFailure failure) {
    if (!over) {
      over = true;
      events.add(new ChatEvent.Failure(failure));
    }
  }

  /// Who answers, for failures.
  public String who() {
    return who;
  }

  /// Whether there is a finish reason already.
  public boolean finished() {
    return finish != null;
  }

  /// Whether the terminal event is in.
  boolean over() {
    return over;
  }

  /// Whether the model has begun to answer.
  boolean started() {
    return words || reasoned || !arguments.isEmpty();
  }

  @Nullable ChatEvent poll() {
    return events.poll();
  }

  private void completeWith(FinishReason reason) {
    if (over) {
      return;
    }
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i).isEmpty()) {
        events.add(new ChatEvent.ToolCallArguments(i, "{}"));
      }
    }
    if (usage != null) {
      events.add(usage);
    }
    over = true;
    events.add(new ChatEvent.Finish(finalReason(reason), corrections));
  }

  /// Upstreams say `stop` or `length` beside complete tool calls; only a call that was cut off is a
  /// matter of length.
  private FinishReason finalReason(FinishReason reason) {
    if (arguments.isEmpty()) {
      return reason == FinishReason.TOOL_CALLS ? FinishReason.STOP : reason;
    }
    return switch (reason) {
      case STOP, TOOL_CALLS -> FinishReason.TOOL_CALLS;
      case LENGTH ->
          ToolArguments.isObject(arguments.getLast().toString())
              ? FinishReason.TOOL_CALLS
              : FinishReason.LENGTH;
      case CONTENT_FILTER -> FinishReason.CONTENT_FILTER;
    };
  }

  private String emptyMessage(FinishReason reason) {
    String found = reasoned ? "only reasoning" : "neither text nor a tool call";
    String cause =
        switch (reason) {
          case LENGTH -> "the output limit was reached; allow more output or less reasoning";
          case STOP, TOOL_CALLS ->
              "a cut-off tool call or a prompt beyond its loaded size can cause this; try again";
          case CONTENT_FILTER -> "its content filter stopped it";
        };
    return who + " ended its answer with " + found + ": " + cause + ".";
  }

  private String usableId(@Nullable String id) {
    if (id != null && USABLE_ID.matcher(id).matches() && ids.add(id)) {
      return id;
    }
    String made = "call_" + UUID.randomUUID().toString().replace("-", "");
    ids.add(made);
    return made;
  }
}

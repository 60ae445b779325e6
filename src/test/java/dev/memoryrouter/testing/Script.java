package dev.memoryrouter.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What a fake upstream does with one chat request: a status, then steps one after the other. A
/// script without an end step ends well.
///
/// @param status other than 200: `errorBody` is sent and the steps are not done
/// @param beforeHeaders silence before the status line
/// @param promptTokens reported; -1 for a rough count of the request
/// @param completionTokens reported; -1 for the number of text pieces
public record Script(
    int status,
    String errorBody,
    Duration beforeHeaders,
    List<Step> steps,
    int promptTokens,
    int completionTokens) {
  /// One thing that happens in an answer.
  public sealed interface Step {
    record Text(String text) implements Step {}

    record Reasoning(String text) implements Step {}

    record Tool(String name, String arguments) implements Step {}

    /// Silence; ends early when the client leaves.
    record Wait(Duration duration) implements Step {}

    /// These characters as they are.
    record Raw(String text) implements Step {}

    /// An error inside the stream.
    record Failed(String json) implements Step {}

    /// Silence until the client leaves.
    record Hang() implements Step {}

    /// The connection is cut in the middle of the body.
    record Drop() implements Step {}

    /// The body ends properly although the answer is not finished.
    record EndEarly() implements Step {}

    /// The answer ends with this reason, `stop` or `length`.
    record Done(String reason) implements Step {}
  }

  public Script {
    steps = List.copyOf(steps);
  }

  /// An answer of these pieces of text.
  public static Script text(String... pieces) {
    return of(List.of(pieces).stream().<Step>map(Step.Text::new).toArray(Step[]::new));
  }

  public static Script of(Step... steps) {
    return new Script(200, "", Duration.ZERO, List.of(steps), -1, -1);
  }

  /// A call of one tool.
  public static Script tool(String name, String arguments) {
    return of(new Step.Tool(name, arguments));
  }

  public static Script status(int status, String body) {
    return new Script(status, body, Duration.ZERO, List.of(), -1, -1);
  }

  /// Never answers, not even with headers.
  public static Script silent() {
    return text().after(Duration.ofDays(1));
  }

  /// Closes the connection before any answer.
  public static Script hangUp() {
    return status(0, "");
  }

  /// This script with more steps at its end.
  public Script then(Step... more) {
    var all = new ArrayList<>(steps);
    all.addAll(List.of(more));
    return new Script(status, errorBody, beforeHeaders, all, promptTokens, completionTokens);
  }

  /// This script after a silence before the headers.
  public Script after(Duration silence) {
    return new Script(status, errorBody, silence, steps, promptTokens, completionTokens);
  }

  /// This script with a silence before each step.
  public Script slow(Duration pause) {
    var all = new ArrayList<Step>();
    for (Step step : steps) {
      all.add(new Step.Wait(pause));
      all.add(step);
    }
    return new Script(status, errorBody, beforeHeaders, all, promptTokens, completionTokens);
  }

  public Script counting(int prompt, int completion) {
    return new Script(status, errorBody, beforeHeaders, steps, prompt, completion);
  }
}

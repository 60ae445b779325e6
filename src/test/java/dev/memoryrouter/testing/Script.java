package dev.memoryrouter.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What a fake upstream does with one chat request: a status, then steps one after the other. A
/// script without an end step ends well.
///
/// @param status 0 closes the connection without an answer
/// @param body sent whole instead of the steps when there is one or when the status is not 200
/// @param beforeHeaders silence before the status line
/// @param promptTokens reported; -1 for a rough count of the request
/// @param completionTokens reported; -1 for the number of text pieces
public record Script(
    int status,
    String body,
    Duration beforeHeaders,
    List<Step> steps,
    int promptTokens,
    int completionTokens,
    Transport transport) {
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

    /// The answer is complete, but its body never ends properly: the connection is cut.
    record DoneAndDrop() implements Step {}
  }

  /// How an answer goes over its connection.
  ///
  /// @param headers beside or instead of the usual ones
  /// @param byteByByte whether each byte of the body is a chunk of its own
  /// @param closesUnsaid whether the connection, kept alive as it seems, is cut when the next
  ///   request arrives on it
  public record Transport(Map<String, String> headers, boolean byteByByte, boolean closesUnsaid) {
    public static final Transport PLAIN = new Transport(Map.of(), false, false);

    public Transport {
      headers = Map.copyOf(headers);
    }

    /// With a header.
    public static Transport header(String name, String value) {
      return new Transport(Map.of(name, value), false, false);
    }

    public Transport eachByte() {
      return new Transport(headers, true, closesUnsaid);
    }

    public Transport closing() {
      return new Transport(headers, byteByByte, true);
    }
  }

  public Script {
    steps = List.copyOf(steps);
  }

  /// An answer of these pieces of text.
  public static Script text(String... pieces) {
    return of(Stream.of(pieces).map(Step.Text::new).toArray(Step[]::new));
  }

  public static Script of(Step... steps) {
    return new Script(200, "", Duration.ZERO, List.of(steps), -1, -1, Transport.PLAIN);
  }

  /// A call of one tool.
  public static Script tool(String name, String arguments) {
    return of(new Step.Tool(name, arguments));
  }

  /// A whole body with this status.
  public static Script status(int status, String body) {
    return new Script(status, body, Duration.ZERO, List.of(), -1, -1, Transport.PLAIN);
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
    return with(all);
  }

  /// This script with other steps.
  public Script with(List<Step> newSteps) {
    return new Script(
        status, body, beforeHeaders, newSteps, promptTokens, completionTokens, transport);
  }

  /// This script over another transport.
  public Script over(Transport newTransport) {
    return new Script(
        status, body, beforeHeaders, steps, promptTokens, completionTokens, newTransport);
  }

  /// This script after a silence before the headers.
  public Script after(Duration silence) {
    return new Script(status, body, silence, steps, promptTokens, completionTokens, transport);
  }

  /// This script with a silence before each step.
  public Script slow(Duration pause) {
    return with(steps.stream().flatMap(step -> Stream.of(new Step.Wait(pause), step)).toList());
  }

  public Script counting(int prompt, int completion) {
    return new Script(status, body, beforeHeaders, steps, prompt, completion, transport);
  }
}

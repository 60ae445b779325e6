package dev.memoryrouter.testing;

import com.google.errorprone.annotations.Immutable;
import dev.memoryrouter.testing.Script.Step;
import dev.memoryrouter.testing.Script.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// What can go wrong with the answers of a model server. Each fault spoils an answer that would
/// have been good, in both protocols; chance decides where, the same seed always in the same way.
public enum Fault {
  /// One silence before the headers.
  SLOW_FIRST_BYTE(Effect.WHOLE, (good, at) -> good.after(at.pause())),

  /// A silence before each piece.
  SLOW_TOKENS(Effect.WHOLE, Fault::slowTokens),

  /// No byte, not even headers.
  HANG(Effect.BEFORE_OUTPUT, (_, _) -> Script.silent()),

  /// Silence in the middle of the answer.
  HANG_MID_STREAM(Effect.WITHIN_OUTPUT, (good, at) -> cut(good, at, new Step.Hang())),

  /// Nothing listens on the port.
  REFUSE(Effect.BEFORE_OUTPUT, (_, _) -> Script.hangUp()),

  /// The connection is closed upon the request, without an answer.
  HANG_UP(Effect.BEFORE_OUTPUT, (_, _) -> Script.hangUp()),

  /// 404: the model is not there.
  NOT_FOUND(Effect.BEFORE_OUTPUT, (_, at) -> at.missing()),

  /// 429 with `Retry-After: 1`.
  TOO_MANY_REQUESTS(
      Effect.BEFORE_OUTPUT,
      (_, at) ->
          Script.status(429, at.error(429, "too many requests"))
              .over(Transport.header("Retry-After", "1"))),

  /// 500: the runner died.
  SERVER_ERROR(Effect.BEFORE_OUTPUT, (_, at) -> Script.status(500, at.error(500, FakeErrors.DEAD))),

  /// 503: busy, or still loading the model.
  UNAVAILABLE(Effect.BEFORE_OUTPUT, (_, at) -> Script.status(503, at.error(503, FakeErrors.BUSY))),

  /// An error inside a response of status 200 before any token.
  ERROR_AT_ONCE(
      Effect.BEFORE_OUTPUT,
      (_, at) -> Script.of(new Step.Failed(at.errorValue(500, FakeErrors.DEAD)))),

  /// An error inside a response of status 200 after some tokens.
  ERROR_MID_STREAM(
      Effect.WITHIN_OUTPUT,
      (good, at) -> cut(good, at, new Step.Failed(at.errorValue(500, FakeErrors.DEAD)))),

  /// The body ends properly after some tokens, without `done` or a finish reason.
  END_MID_STREAM(Effect.WITHIN_OUTPUT, (good, at) -> cut(good, at, new Step.EndEarly())),

  /// The connection is cut after some tokens.
  DROP_MID_STREAM(Effect.WITHIN_OUTPUT, (good, at) -> cut(good, at, new Step.Drop())),

  /// The connection is cut after the complete answer, before the body's end.
  DROP_AFTER_DONE(Effect.WHOLE, (good, _) -> good.then(new Step.DoneAndDrop())),

  /// Half a JSON object in the middle of the answer.
  MALFORMED_JSON(Effect.WITHIN_OUTPUT, (good, at) -> cut(good, at, new Step.Raw(at.halfLine()))),

  /// Each byte comes in a chunk of its own.
  SPLIT_BYTES(Effect.WHOLE, (good, _) -> good.over(Transport.PLAIN.eachByte())),

  /// A line of more than one million characters.
  LONG_LINE(Effect.WHOLE, (good, _) -> good.then(new Step.Text("long ".repeat(210_000)))),

  /// 200 with a web page, as a proxy or another server on the port answers.
  WRONG_CONTENT_TYPE(
      Effect.BEFORE_OUTPUT,
      (_, _) ->
          Script.status(200, "<html><body>Please sign in.</body></html>")
              .over(Transport.header("Content-Type", "text/html; charset=utf-8"))),

  /// A complete answer of nothing.
  EMPTY(Effect.BEFORE_OUTPUT, (_, _) -> Script.of(new Step.Done("stop")).counting(-1, 0)),

  /// A complete answer that has only reasoning.
  REASONING_ONLY(Effect.WITHIN_OUTPUT, (_, _) -> Script.of(new Step.Reasoning("Let me think. "))),

  /// The prompt was cut without a word: only its reported count tells.
  TRUNCATED_PROMPT(
      Effect.WHOLE,
      (good, at) -> good.counting(Math.max(1, FakeAnswer.roughTokens(at.body()) / 2), -1)),

  /// A tool call printed as text, in pieces.
  PRINTED_TOOL_CALL(Effect.WHOLE, Fault::printedToolCall),

  /// The answer reaches the output limit, in the midst of its tool call if it has one.
  CUT_OFF(Effect.LENGTH, (good, _) -> cutOff(good)),

  /// The same word again and again.
  RUN_ON(Effect.LENGTH, (good, _) -> runOn(good, " the")),

  /// Blank pieces again and again.
  BLANK_RUN_ON(Effect.LENGTH, (good, _) -> runOn(good, "\n")),

  /// The first two calls fail, the next are answered well.
  UNHEALTHY_THEN_HEALTHY(
      Effect.BEFORE_OUTPUT,
      (good, at) -> at.call() < 2 ? Script.status(503, at.error(503, FakeErrors.BUSY)) : good),

  /// The answer is good, and so the connection seems, but the next request on it is not answered:
  /// llama-server closes each connection after a streamed answer without saying so.
  SILENT_CLOSE(Effect.WHOLE, (good, _) -> good.over(Transport.PLAIN.closing()));

  /// What a client of the server sees at best.
  public enum Effect {
    /// The answer arrives whole, perhaps late.
    WHOLE,
    /// The answer is stopped with the reason `length`.
    LENGTH,
    /// The call fails before any token: another try may still answer.
    BEFORE_OUTPUT,
    /// The call fails after some tokens.
    WITHIN_OUTPUT
  }

  private static final int RUN_LENGTH = 5_000;

  private final Effect effect;
  private final Spoiler spoiler;

  Fault(Effect effect, Spoiler spoiler) {
    this.effect = effect;
    this.spoiler = spoiler;
  }

  public Effect effect() {
    return effect;
  }

  /// The name on command lines, such as `slow-first-byte`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The fault of a label.
  ///
  /// @throws IllegalArgumentException when there is none; the message lists all
  public static Fault of(String label) {
    return Stream.of(values())
        .filter(fault -> fault.label().equals(label))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no fault is called '" + label + "'; there are " + labels()));
  }

  /// All labels, for help texts.
  public static String labels() {
    return String.join(", ", Stream.of(values()).map(Fault::label).toList());
  }

  /// What becomes of an answer that would have been good.
  Script spoil(Script good, Circumstances at) {
    return spoiler.spoil(good, at);
  }

  @Immutable
  private interface Spoiler {
    Script spoil(Script good, Circumstances at);
  }

  /// What a spoilt answer depends on.
  ///
  /// @param ollama the protocol: Ollama's, else OpenAI's
  /// @param call 0 for the first call since the fault was injected
  /// @param pause how long slow is
  record Circumstances(
      boolean ollama, JsonNode body, int call, RandomGenerator random, Duration pause) {
    Script missing() {
      return FakeErrors.missing(body.path("model").asString(""), ollama);
    }

    String error(int status, String message) {
      return FakeErrors.body(ollama, status, message);
    }

    String errorValue(int status, String message) {
      return FakeErrors.value(ollama, status, message);
    }

    String halfLine() {
      return ollama ? "{\"message\":{\"content\":\"ha\n" : "data: {\"choices\":[{\"del\n\n";
    }
  }

  private static Script cut(Script good, Circumstances at, Step end) {
    List<Step> steps = good.steps();
    int from = steps.isEmpty() ? 0 : 1 + at.random().nextInt(steps.size());
    var kept = new ArrayList<>(steps.subList(0, from));
    kept.add(end);
    return good.with(kept);
  }

  private static Script slowTokens(Script good, Circumstances at) {
    var steps = new ArrayList<Step>();
    long most = Math.max(2, at.pause().toMillis() / 4);
    for (Step step : good.steps()) {
      steps.add(new Step.Wait(Duration.ofMillis(at.random().nextLong(1, most))));
      steps.add(step);
    }
    return good.with(steps);
  }

  private static Script runOn(Script good, String piece) {
    var steps = new ArrayList<>(good.steps());
    steps.addAll(Collections.nCopies(RUN_LENGTH, new Step.Text(piece)));
    return good.with(steps);
  }

  private static Script printedToolCall(Script good, Circumstances at) {
    Step.Tool call = toolCall(good).orElseGet(() -> anyCall(at));
    String text =
        "<tool_call>\n{\"name\": \"%s\", \"arguments\": %s}\n</tool_call>"
            .formatted(call.name(), call.arguments());
    var pieces = new ArrayList<Step>();
    int from = 0;
    while (from < text.length()) {
      int to = Math.min(text.length(), from + 1 + at.random().nextInt(8));
      pieces.add(new Step.Text(text.substring(from, to)));
      from = to;
    }
    return good.with(pieces);
  }

  private static Optional<Step.Tool> toolCall(Script good) {
    return good.steps().stream()
        .filter(Step.Tool.class::isInstance)
        .map(Step.Tool.class::cast)
        .findFirst();
  }

  private static Step.Tool anyCall(Circumstances at) {
    JsonNode offered = at.body().path("tools").path(0).path("function").path("name");
    return new Step.Tool(offered.asString("read_file"), "{\"path\": \"README.md\"}");
  }

  /// As Ollama: of a call that is not complete nothing is left.
  private static Script cutOff(Script good) {
    return good.with(good.steps().stream().filter(step -> !(step instanceof Step.Tool)).toList())
        .then(new Step.Done("length"));
  }
}

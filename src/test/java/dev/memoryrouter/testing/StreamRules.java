package dev.memoryrouter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the strictest of OpenAI's clients accept as a streamed answer, as one check of the whole
/// body. Each rule is there because some SDK breaks without it: openai-java on an explicit
/// `"error": null` and on anything but usage after the finish, openai-python by joining repeated
/// strings, openai-node on a missing finish or tool type, the AI SDK on a missing `choices`.
public final class StreamRules {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Set<String> REASONS =
      Set.of("stop", "length", "tool_calls", "content_filter");

  private final boolean usageAsked;
  private final ChoiceRules choices;
  private final List<String> comments = new ArrayList<>();
  private int chunks;
  private @Nullable JsonNode identity;
  private @Nullable String finish;
  private @Nullable JsonNode usage;
  private @Nullable JsonNode error;
  private boolean done;

  /// An answer that kept the rules.
  ///
  /// @param comments in order, without their colon
  /// @param finish why it ended; null when it ended with an error
  /// @param usage null when it was not asked for
  /// @param error the error that ended it; null when it ended well
  public record Streamed(
      List<String> comments,
      String text,
      String reasoning,
      List<Call> calls,
      @Nullable String finish,
      @Nullable JsonNode usage,
      @Nullable JsonNode error) {}

  /// A tool call.
  public record Call(String id, String name, String arguments) {}

  private StreamRules(boolean usageAsked, ChoiceRules choices) {
    this.usageAsked = usageAsked;
    this.choices = choices;
  }

  /// Checks the whole body of a streamed chat completion.
  ///
  /// @throws AssertionError that names the first rule broken and its event
  public static Streamed chat(String body, boolean usageAsked) {
    return new StreamRules(usageAsked, new ChoiceRules.Chat()).check(body);
  }

  /// Checks the whole body of a streamed legacy completion.
  ///
  /// @throws AssertionError that names the first rule broken and its event
  public static Streamed completion(String body, boolean usageAsked) {
    return new StreamRules(usageAsked, new ChoiceRules.Text()).check(body);
  }

  private Streamed check(String body) {
    assertThat(body).as("line ends").doesNotContain("\r");
    assertThat(body).as("a blank line after the last event").endsWith("\n\n");
    for (String event : body.substring(0, body.length() - 2).split("\n\n", -1)) {
      event(event);
    }
    assertThat(done || error != null).as("ends with [DONE] or an error").isTrue();
    return new Streamed(
        comments, choices.text(), choices.reasoning(), choices.calls(), finish, usage, error);
  }

  private void event(String event) {
    assertThat(event).as("one line per event").isNotEmpty().doesNotContain("\n");
    assertThat(done).as("nothing after [DONE]: %s", event).isFalse();
    assertThat(error).as("nothing after an error: %s", event).isNull();
    if (event.startsWith(": ")) {
      assertThat(chunks).as("comments only before the first payload: %s", event).isZero();
      comments.add(event.substring(2));
    } else if (event.equals("data: [DONE]")) {
      done();
    } else {
      assertThat(event).as("comment or data").startsWith("data: {");
      payload(parse(event));
    }
  }

  private static JsonNode parse(String event) {
    try {
      return JSON.readTree(event.substring("data: ".length()));
    } catch (JacksonException e) {
      throw new AssertionError("not JSON: " + event, e);
    }
  }

  private void done() {
    assertThat(finish).as("a finish before [DONE]").isNotNull();
    assertThat(usage != null).as("usage sent if and only if asked for").isEqualTo(usageAsked);
    choices.complete(String.valueOf(finish));
    done = true;
  }

  private void payload(JsonNode payload) {
    chunks++;
    if (payload.has("error")) {
      error(payload);
    } else {
      chunk(payload);
    }
  }

  private void error(JsonNode payload) {
    assertThat(finish).as("no error after the finish: %s", payload).isNull();
    assertThat(payload.propertyNames()).as("error event").containsExactly("error");
    JsonNode value = payload.path("error");
    assertThat(value.propertyNames())
        .as("keys of %s", value)
        .containsExactlyInAnyOrder("message", "type", "param", "code");
    assertThat(value.path("message").asString("")).as("message of the error").isNotBlank();
    assertThat(value.path("code").isInt()).as("numeric code in %s", value).isTrue();
    assertThat(value.path("code").intValue()).as("a status").isBetween(400, 599);
    error = value;
  }

  private void chunk(JsonNode chunk) {
    assertThat(chunk.propertyNames())
        .as("keys of %s", chunk)
        .contains("id", "object", "created", "model", "choices")
        .isSubsetOf("id", "object", "created", "model", "choices", "usage");
    assertThat(chunk.path("object").asString()).isEqualTo(choices.object());
    sameIdentity(chunk);
    assertThat(chunk.path("choices").isArray()).as("choices of %s", chunk).isTrue();
    assertThat(usage).as("nothing but [DONE] after usage: %s", chunk).isNull();
    if (chunk.path("choices").isEmpty()) {
      usage(chunk);
    } else {
      choice(chunk);
    }
  }

  private void sameIdentity(JsonNode chunk) {
    assertThat(chunk.path("id").asString("")).as("id").isNotBlank();
    assertThat(chunk.path("created").isIntegralNumber()).as("created of %s", chunk).isTrue();
    JsonNode first = identity == null ? chunk : identity;
    identity = first;
    for (String key : List.of("id", "created", "model")) {
      assertThat(chunk.path(key)).as("one %s in all chunks", key).isEqualTo(first.path(key));
    }
  }

  private void usage(JsonNode chunk) {
    assertThat(finish).as("usage after the finish: %s", chunk).isNotNull();
    JsonNode counts = chunk.path("usage");
    for (String key : List.of("prompt_tokens", "completion_tokens", "total_tokens")) {
      assertThat(counts.path(key).isInt()).as("%s of %s", key, chunk).isTrue();
    }
    assertThat(counts.path("total_tokens").intValue())
        .as("total of %s", counts)
        .isEqualTo(
            counts.path("prompt_tokens").intValue() + counts.path("completion_tokens").intValue());
    usage = counts;
  }

  private void choice(JsonNode chunk) {
    assertThat(finish).as("only usage after the finish: %s", chunk).isNull();
    assertThat(chunk.has("usage")).as("usage beside a choice: %s", chunk).isFalse();
    assertThat(chunk.path("choices").size()).as("one choice in %s", chunk).isEqualTo(1);
    JsonNode choice = chunk.path("choices").get(0);
    assertThat(choice.path("index").intValue(-1)).as("index of %s", choice).isZero();
    assertThat(choice.has("finish_reason")).as("finish_reason of %s", choice).isTrue();
    choices.add(choice);
    if (!choice.path("finish_reason").isNull()) {
      finish = choice.path("finish_reason").asString();
      assertThat(finish).isIn(REASONS);
    }
  }
}

package dev.memoryrouter.upstream;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Understands what upstreams say when they fail: Ollama's strings (with llama-server's JSON
/// inside), the objects of llama-server and vLLM, and LM Studio's several forms.
public final class ErrorReader {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MESSAGE_LIMIT = 400;
  private static final int NESTING_LIMIT = 5;

  private static final Pattern OVERFLOW =
      any(
          "exceeds? the (available )?context",
          "longer than the context",
          "maximum context length",
          "context length (is|of) only",
          "greater than the context length",
          "when context the overflows",
          "n_keep.{0,40}n_ctx",
          "context_length_exceeded",
          "exceed_context_size",
          "prompt is too long",
          "maximum input length of");

  private static final List<Pattern> LIMITS =
      List.of(
          any(
              "(?:maximum context length is|context length (?:is|of) only|available context size"
                  + " \\()\\s*([\\d,]+)"),
          any("n_ctx\\D{0,3}(\\d+)"));

  private static final List<Pattern> PROMPTS =
      List.of(
          any("request \\((\\d+) tokens\\)"),
          any("\\((\\d+) in the messages"),
          any("you passed (\\d+) input tokens"),
          any("contains at least (\\d+) input tokens"),
          any("keep the first (\\d+) tokens"),
          any("n_keep\\D{0,3}(\\d+)"),
          any("you requested (\\d+) tokens"));

  private static final Pattern MISSING =
      any("^(?:the )?model \\S{1,200} (?:not found|does not exist)", "^no models loaded");

  private static final Pattern INCAPABLE =
      any(
          "image input is not supported",
          "does not support multimodal",
          "does not support (tools|thinking|chat|generate)");

  /// Answered with 500 by some servers although a second try would fail in the same way.
  private static final Pattern REFUSAL =
      any(
          "must be of type",
          "invalid format:",
          "failed to parse (messages|tools|tool_choice|grammar|json_schema)",
          "json\\.exception",
          "not support embeddings");

  /// One generation of another request used up the context that llama-server's slots share.
  private static final Pattern SHARED_CONTEXT = any("context size has been exceeded");

  private final UpstreamSettings upstream;
  private final String who;

  public ErrorReader(UpstreamSettings upstream, String model) {
    this.upstream = upstream;
    this.who = "model '" + model + "' on upstream '" + upstream.name() + "'";
  }

  /// Model and upstream, for messages.
  public String who() {
    return who;
  }

  /// The failure behind a response other than 200.
  ///
  /// @param retryAfter what the response says about a later try; null when it does not say
  public UpstreamFailure read(int status, String body, @Nullable Duration retryAfter) {
    UpstreamFailure failure = classify(status, unwrap(body));
    return failure instanceof UpstreamFailure.Busy(var message, _)
        ? new UpstreamFailure.Busy(message, retryAfter)
        : failure;
  }

  /// The failure of a response of status 200 that is no answer of a model.
  ///
  /// @param type its content type
  public UpstreamFailure notAnAnswer(String type) {
    return new UpstreamFailure.Broken(
        "%s answered with a page of type %s: another server or a proxy may stand at %s; check base-url."
            .formatted(who, type, upstream.baseUrl()));
  }

  /// The failure behind an error inside a response that began with 200.
  ///
  /// @param error the value of `error`: an object or a string
  public UpstreamFailure inStream(JsonNode error) {
    Detail detail = unwrap(error, 0);
    return classify(detail.code() >= 400 ? detail.code() : 500, detail);
  }

  private record Detail(
      String message, int code, @Nullable Integer promptTokens, @Nullable Integer limit) {
    static Detail plain(String text) {
      return new Detail(text, 0, null, null);
    }
  }

  private UpstreamFailure classify(int status, Detail detail) {
    String said = detail.message();
    if (SHARED_CONTEXT.matcher(said).find()) {
      return new UpstreamFailure.Busy(
          who
              + " ran out of the memory that its slots share; start llama-server with --parallel 1,"
              + " or set slots: 1.");
    }
    if (detail.promptTokens() != null || OVERFLOW.matcher(said).find()) {
      return overflow(detail);
    }
    if ((status == 404 || status == 400) && MISSING.matcher(said).find()) {
      return new UpstreamFailure.ModelMissing(missing());
    }
    if (INCAPABLE.matcher(said).find()) {
      return new UpstreamFailure.Incapable(refused(status, said));
    }
    return REFUSAL.matcher(said).find()
        ? new UpstreamFailure.Rejected(refused(status, said), status)
        : byStatus(status, said);
  }

  private UpstreamFailure byStatus(int status, String said) {
    return switch (status) {
      case 401 ->
          new UpstreamFailure.Rejected(
              who + " wants a valid key: set api-key of its upstream in models.yaml.", status);
      case 403 -> new UpstreamFailure.Rejected(forbidden(said), status);
      case 404 ->
          new UpstreamFailure.Rejected(
              refused(status, said) + " Check base-url " + upstream.baseUrl() + ".", status);
      case 429, 503 ->
          new UpstreamFailure.Busy(who + " is busy or loading (" + status + "): " + shown(said));
      case 408, 499 -> new UpstreamFailure.ServerError(failed(status, said), status);
      default -> {
        if (status >= 500) {
          yield new UpstreamFailure.ServerError(failed(status, said), status);
        }
        yield new UpstreamFailure.Rejected(
            status >= 300 && status < 400 ? redirected(status) : refused(status, said), status);
      }
    };
  }

  private UpstreamFailure overflow(Detail detail) {
    Integer prompt =
        detail.promptTokens() != null ? detail.promptTokens() : number(PROMPTS, detail.message());
    Integer limit = detail.limit() != null ? detail.limit() : number(LIMITS, detail.message());
    String counts =
        (prompt == null ? "" : " The prompt has " + prompt + " tokens.")
            + (limit == null ? "" : " The model is loaded for " + limit + ".");
    return new UpstreamFailure.Overflow(
        who + " cannot take a prompt of this length." + counts, prompt, limit);
  }

  private String missing() {
    return switch (upstream.type()) {
      case OLLAMA -> who + " is not there: run `ollama pull` for it.";
      case OPENAI -> who + " is not there: load it, or correct its name in models.yaml.";
    };
  }

  private String forbidden(String said) {
    String cause =
        said.isEmpty() && upstream.type() == UpstreamSettings.Type.OLLAMA
            ? "Ollama answers so when it does not accept the Host of "
                + upstream.baseUrl()
                + ": use localhost or an IP address in base-url, or set OLLAMA_HOST=0.0.0.0 for"
                + " Ollama."
            : shown(said);
    return who + " refused access (403). " + cause;
  }

  private String redirected(int status) {
    return "%s answered with a redirect (%d), which is not followed: set the final address as base-url instead of %s."
        .formatted(who, status, upstream.baseUrl());
  }

  private String refused(int status, String said) {
    return who + " refused the request (" + status + "): " + shown(said);
  }

  private String failed(int status, String said) {
    return who + " failed (" + status + "): " + shown(said);
  }

  private static String shown(String said) {
    if (said.isEmpty()) {
      return "it gave no reason.";
    }
    String line = said.replaceAll("\\s+", " ");
    return line.length() <= MESSAGE_LIMIT ? line : line.substring(0, MESSAGE_LIMIT) + " …";
  }

  private static Detail unwrap(String body) {
    try {
      return unwrap(JSON.readTree(body), 0);
    } catch (JacksonException _) {
      return Detail.plain(body.strip());
    }
  }

  /// Errors come as objects, as strings, and as JSON inside strings, one in the other.
  private static Detail unwrap(JsonNode node, int depth) {
    if (depth > NESTING_LIMIT) {
      return Detail.plain(node.toString());
    }
    if (node.isString()) {
      return unwrapText(node.asString(), depth);
    }
    JsonNode inner = node.path("error");
    if (inner.isObject() || inner.isString()) {
      return unwrap(inner, depth + 1);
    }
    JsonNode message = node.path("message");
    if (message.isString() && message.asString().startsWith("{")) {
      return unwrap(message, depth + 1);
    }
    return new Detail(
        message.isString()
            ? typed(node, message.asString())
            : node.isEmpty() ? "" : node.toString(),
        node.path("code").asInt(0),
        count(node.path("n_prompt_tokens")),
        count(node.path("n_ctx")));
  }

  private static Detail unwrapText(String text, int depth) {
    if (!text.startsWith("{")) {
      return Detail.plain(text);
    }
    try {
      return unwrap(JSON.readTree(text), depth + 1);
    } catch (JacksonException _) {
      return Detail.plain(text);
    }
  }

  /// The message with a type or code that alone tells an overflow.
  private static String typed(JsonNode node, String message) {
    String kinds = node.path("type").asString("") + " " + node.path("code").asString("");
    boolean tells = OVERFLOW.matcher(kinds).find() && !OVERFLOW.matcher(message).find();
    return tells ? message + " (" + kinds.strip() + ")" : message;
  }

  private static @Nullable Integer count(JsonNode node) {
    return node.isInt() ? node.asInt() : null;
  }

  private static @Nullable Integer number(List<Pattern> patterns, String text) {
    for (Pattern pattern : patterns) {
      Matcher found = pattern.matcher(text);
      if (found.find()) {
        String digits = found.group(1).replace(",", "");
        return digits.length() > 9 ? null : Integer.valueOf(digits);
      }
    }
    return null;
  }

  private static Pattern any(String... wordings) {
    return Pattern.compile(String.join("|", wordings), Pattern.CASE_INSENSITIVE);
  }
}

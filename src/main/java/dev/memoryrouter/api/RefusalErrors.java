package dev.memoryrouter.api;

import dev.memoryrouter.admission.RefusalReason;
import dev.memoryrouter.chat.Attempt;
import dev.memoryrouter.chat.Candidate;
import dev.memoryrouter.chat.Refusal;
import dev.memoryrouter.prompt.Fit;
import dev.memoryrouter.upstream.UpstreamFailure;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The one place where refusals and upstream failures become OpenAI errors. No message but an
/// overflow's may speak of the context's size: agents drop most of their history when they read
/// that.
final class RefusalErrors {
  private static final String SERVER_ERROR = "server_error";
  private static final int BAD_GATEWAY = 502;
  private static final int UNAVAILABLE = 503;
  private static final int GATEWAY_TIMEOUT = 504;
  private static final int SOON = 5;
  private static final int LATER = 30;

  /// Clients ignore a longer one.
  private static final int LONGEST_RETRY_AFTER = 60;

  /// By these words agents recognise an overflow and drop most of their history.
  private static final Pattern OVERFLOW_WORDS =
      Pattern.compile(
          "context.{0,3}(length|window|limit)|maximum.{0,3}context|tokens?.{0,3}exceed|too.{0,3}many.{0,3}tokens?|(input|prompt) is too long",
          Pattern.CASE_INSENSITIVE);

  private RefusalErrors() {}

  static ApiError of(Refusal refusal) {
    return switch (refusal) {
      case Refusal.UnknownModel(String requested, List<String> published) ->
          ApiError.notFound(
              "model_not_found",
              "model",
              "The model \"%s\" does not exist. Published names: %s."
                  .formatted(requested, String.join(", ", published)));
      case Refusal.UnknownBank(String requested, List<String> banks) ->
          ApiError.notFound(
              "bank_not_found",
              "model",
              "There is no memory bank \"%s\". Configured banks: %s."
                  .formatted(requested, String.join(", ", banks)));
      case Refusal.TooLong(String model, Fit.TooLong fit) ->
          fit.hopeless() ? fixedPartTooLong(model, fit) : overflow(model, fit);
      case Refusal.Incapable(String need, List<Candidate> candidates) ->
          ApiError.badRequest(
              need.equals("images") ? "messages" : "tools",
              "The request has %s, but no model that could take them is available (%s)."
                  .formatted(need, reasons(candidates)));
      case Refusal.NoModel(List<Candidate> candidates) ->
          new ApiError(
              UNAVAILABLE,
              SERVER_ERROR,
              "no_model_available",
              null,
              "No language model is available (%s). Start Ollama and pull a model (`ollama pull %s`), or set OLLAMA_BASE_URL; `scripts/memory-router doctor` says more."
                  .formatted(reasons(candidates), firstName(candidates)),
              LATER);
      case Refusal.LeftAlone(List<Candidate> candidates, Duration retryIn) ->
          server(
              UNAVAILABLE,
              "circuit_open",
              "No language model can be called at the moment (%s). Try again later; the upstream's log says why it failed."
                  .formatted(reasons(candidates)),
              seconds(retryIn));
      case Refusal.NoTurn(String model, RefusalReason reason, Duration retryAfter) ->
          noTurn(model, reason, seconds(retryAfter.minusSeconds(1)));
      case Refusal.Failed(List<Attempt> attempts, UpstreamFailure last) -> failed(attempts, last);
    };
  }

  private static ApiError noTurn(String model, RefusalReason reason, int retryAfter) {
    return switch (reason) {
      case FULL ->
          server(
              UNAVAILABLE,
              "queue_full",
              "As many requests wait for %s as may (queue.length in server.yaml). Try again later, or give the model more slots."
                  .formatted(model),
              retryAfter);
      case HOPELESS ->
          server(
              UNAVAILABLE,
              "queue_too_long",
              "The queue for %s is longer than the time that this request has. Try again later; GET /v1/router/queue shows who waits."
                  .formatted(model),
              retryAfter);
      case WAITED_TOO_LONG ->
          server(
              UNAVAILABLE,
              "queue_timeout",
              "The request waited for %s as long as it may (queue.wait-limit in server.yaml). Try again later; GET /v1/router/queue shows who waits."
                  .formatted(model),
              retryAfter);
      case UNREACHABLE ->
          server(
              UNAVAILABLE,
              "upstream_unreachable",
              "The upstream of %s stopped answering while the request waited.".formatted(model),
              LATER);
      // Whoever cleared the queue does not want it to fill again by itself.
      case REMOVED ->
          new ApiError(
              UNAVAILABLE,
              SERVER_ERROR,
              "removed_from_queue",
              null,
              "The request waited for %s and was removed from the queue by an administrator. Send it again if it is still wanted."
                  .formatted(model),
              null);
      case DRAINING -> ApiError.stopping();
    };
  }

  private static ApiError overflow(String model, Fit.TooLong fit) {
    return overflow(
        "This model's maximum context length is %d tokens. However, your messages resulted in %d tokens, and %d more are kept for the answer (largest available model: %s). Please reduce the length of the messages."
            .formatted(fit.limit().tokens(), fit.promptTokens(), fit.reserve(), model));
  }

  private static ApiError overflow(String message) {
    return new ApiError(
        400, ApiError.INVALID_REQUEST, "context_length_exceeded", "messages", message, null);
  }

  /// Dropping history cannot help, so this must not look like an overflow to an agent.
  private static ApiError fixedPartTooLong(String model, Fit.TooLong fit) {
    return ApiError.badRequest(
        "messages",
        "The system prompt and the tool definitions alone need %d of the %d positions that %s has, with %d for the answer. Use a larger model, raise its num-ctx in models.yaml, or switch tools and rules off in the client."
            .formatted(fit.fixedTokens(), fit.limit().tokens(), model, fit.reserve()));
  }

  private static ApiError failed(List<Attempt> attempts, UpstreamFailure last) {
    ApiError error = of(last);
    if (attempts.size() < 2) {
      return error;
    }
    String tried =
        attempts.stream()
            .map(attempt -> attempt.model() + " on " + attempt.upstream() + ": " + attempt.kind())
            .collect(Collectors.joining("; "));
    return new ApiError(
        error.status(),
        error.type(),
        error.code(),
        error.param(),
        error.message() + " (Tried: " + tried + ".)",
        error.retryAfter());
  }

  /// The error for a failed call, before or within a stream.
  static ApiError of(UpstreamFailure failure) {
    String message = failure.message();
    return switch (failure) {
      case UpstreamFailure.Unreachable _ ->
          server(UNAVAILABLE, "upstream_unreachable", message, LATER);
      case UpstreamFailure.CircuitOpen(_, Duration retryIn) ->
          server(UNAVAILABLE, "circuit_open", message, seconds(retryIn));
      case UpstreamFailure.ModelMissing _ ->
          new ApiError(UNAVAILABLE, SERVER_ERROR, "model_not_pulled", null, message, null);
      case UpstreamFailure.Overflow(_, Integer prompt, Integer limit) ->
          overflow(
              "This model's maximum context length is %s tokens, and the prompt has %s. %s"
                  .formatted(
                      limit == null ? "fewer" : limit, prompt == null ? "more" : prompt, message));
      case UpstreamFailure.Incapable _ -> ApiError.badRequest(null, harmless(message));
      case UpstreamFailure.Rejected rejected ->
          rejected.concernsUpstream()
              ? new ApiError(
                  BAD_GATEWAY, SERVER_ERROR, "upstream_refused", null, harmless(message), null)
              : ApiError.badRequest(null, harmless(message));
      case UpstreamFailure.Busy(_, @Nullable Duration retryAfter) ->
          server(
              UNAVAILABLE,
              "upstream_busy",
              message,
              retryAfter == null ? SOON : seconds(retryAfter));
      case UpstreamFailure.ServerError _ -> server(BAD_GATEWAY, "upstream_error", message, SOON);
      case UpstreamFailure.TimedOut _ ->
          new ApiError(GATEWAY_TIMEOUT, SERVER_ERROR, "upstream_timeout", null, message, null);
      case UpstreamFailure.Broken _ -> server(BAD_GATEWAY, "upstream_broken", message, SOON);
      case UpstreamFailure.Empty _ -> server(BAD_GATEWAY, "empty_response", message, SOON);
    };
  }

  /// What an upstream says about a bad request must not read as an overflow to an agent.
  private static String harmless(String message) {
    return OVERFLOW_WORDS.matcher(message).find()
        ? "The upstream refused the request; /v1/router/requests/<x-request-id> has its words."
        : message;
  }

  private static ApiError server(int status, String code, String message, int retryAfter) {
    return new ApiError(status, SERVER_ERROR, code, null, message, retryAfter);
  }

  /// Rounded up.
  private static int seconds(Duration retryIn) {
    return (int) Math.clamp(retryIn.plusMillis(999).toSeconds(), 1, LONGEST_RETRY_AFTER);
  }

  private static String reasons(List<Candidate> candidates) {
    return candidates.stream()
        .map(candidate -> candidate.state().key() + ": " + candidate.reason())
        .collect(Collectors.joining("; "));
  }

  private static String firstName(List<Candidate> candidates) {
    return candidates.isEmpty()
        ? "a model"
        : candidates.getFirst().state().settings().names().getFirst();
  }
}

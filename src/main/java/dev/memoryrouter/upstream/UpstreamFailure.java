package dev.memoryrouter.upstream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Why a call to a model failed.
public sealed interface UpstreamFailure {
  /// What happened, with upstream and model, for a person. May quote the upstream, and with it the
  /// prompt: for the client that sent it.
  String message();

  /// What happened in our own words, which may be kept: never quotes the upstream.
  default String account() {
    return switch (this) {
      case Unreachable _, CircuitOpen _, TimedOut _, Empty _ -> message();
      case ModelMissing _ -> "the upstream does not have the model";
      case Overflow(_, Integer prompt, Integer limit) ->
          "the prompt of %s tokens is beyond the limit of %s tokens"
              .formatted(said(prompt), said(limit));
      case Incapable _ -> "the model lacks what the request needs";
      case Rejected(_, int status) -> "the request was refused with status " + status;
      case Busy _ -> "busy or loading";
      case ServerError(_, int status) -> "failed with status " + status;
      case Broken _ -> "the answer broke off or was not understood";
    };
  }

  private static String said(@Nullable Integer number) {
    return number == null ? "an unknown number of" : number.toString();
  }

  /// The kind of failure in one word, such as `timed-out`: never quotes the upstream.
  default String kind() {
    return switch (this) {
      case Unreachable _ -> "unreachable";
      case CircuitOpen _ -> "circuit-open";
      case ModelMissing _ -> "model-missing";
      case Overflow _ -> "overflow";
      case Incapable _ -> "incapable";
      case Rejected _ -> "rejected";
      case Busy _ -> "busy";
      case ServerError _ -> "server-error";
      case TimedOut _ -> "timed-out";
      case Broken _ -> "broken";
      case Empty _ -> "empty";
    };
  }

  /// No connection.
  record Unreachable(String message) implements UpstreamFailure {}

  /// Not called, because the upstream failed too often.
  ///
  /// @param retryIn when it is tried again at the earliest
  record CircuitOpen(String message, Duration retryIn) implements UpstreamFailure {}

  /// The upstream does not have the model.
  record ModelMissing(String message) implements UpstreamFailure {}

  /// The prompt is too long for the model as loaded.
  ///
  /// @param promptTokens as counted by the upstream, null when it does not say
  /// @param limit as stated by the upstream, null when it does not say
  record Overflow(String message, @Nullable Integer promptTokens, @Nullable Integer limit)
      implements UpstreamFailure {}

  /// The model lacks what the request needs, such as tools or vision; another may have it.
  record Incapable(String message) implements UpstreamFailure {}

  /// The upstream refused the request: it would refuse it again.
  record Rejected(String message, int status) implements UpstreamFailure {
    /// Whether the router's access to the upstream is at fault (key, rights, address) and not the
    /// content of the request.
    public boolean concernsUpstream() {
      return status < 400 || status == 401 || status == 403 || status == 404;
    }
  }

  /// The upstream is busy or loading; a later try may succeed.
  ///
  /// @param retryAfter when, as stated by the upstream; null when it does not say
  record Busy(String message, @Nullable Duration retryAfter) implements UpstreamFailure {
    public Busy(String message) {
      this(message, null);
    }
  }

  /// The upstream or its runner failed.
  record ServerError(String message, int status) implements UpstreamFailure {}

  /// Nothing came in time.
  record TimedOut(String message) implements UpstreamFailure {}

  /// The stream broke off or was not understood.
  record Broken(String message) implements UpstreamFailure {}

  /// The answer ended with neither text nor tool call, or without the tool call that was demanded.
  record Empty(String message) implements UpstreamFailure {}
}

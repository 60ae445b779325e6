package dev.memoryrouter.chat;

import dev.memoryrouter.admission.RefusalReason;
import dev.memoryrouter.prompt.Fit;
import dev.memoryrouter.upstream.UpstreamFailure;
import java.time.Duration;
import java.util.List;

/// Why a request gets no answer.
public sealed interface Refusal {
  /// The requested model is not published.
  record UnknownModel(String requested, List<String> published) implements Refusal {}

  /// The request names a bank that does not exist.
  record UnknownBank(String requested, List<String> banks) implements Refusal {}

  /// It fits no model that could serve it.
  ///
  /// @param model key of the model with the largest limit among those that could
  record TooLong(String model, Fit.TooLong fit) implements Refusal {}

  /// Models are reachable, but none can do what the request needs.
  ///
  /// @param need `images` or `tools`
  record Incapable(String need, List<Candidate> candidates) implements Refusal {}

  /// No model is reachable.
  record NoModel(List<Candidate> candidates) implements Refusal {}

  /// Models could serve it, but their upstreams failed too often and are left alone for a while.
  ///
  /// @param retryIn until the first of them is tried again
  record LeftAlone(List<Candidate> candidates, Duration retryIn) implements Refusal {}

  /// It would wait too long for its turn, or waited too long.
  ///
  /// @param model key of the model
  /// @param retryAfter when it may be worth another try
  record NoTurn(String model, RefusalReason reason, Duration retryAfter) implements Refusal {}

  /// Every model that could serve it failed.
  record Failed(List<Attempt> attempts, UpstreamFailure last) implements Refusal {}
}

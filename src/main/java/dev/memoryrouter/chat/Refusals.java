package dev.memoryrouter.chat;

import dev.memoryrouter.prompt.Fit;
import dev.memoryrouter.upstream.Upstreams;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Says why no model may be called for a plan.
final class Refusals {
  private Refusals() {}

  /// The refusal of a request that none of these could be called for; empty when a model may be
  /// called, or when it only lacks a reachable model.
  static Optional<Refusal> of(List<Candidate> candidates, Upstreams upstreams) {
    if (candidates.stream().anyMatch(candidate -> candidate.verdict().usable())) {
      return Optional.empty();
    }
    if (has(candidates, Verdict.CIRCUIT_OPEN)) {
      return Optional.of(new Refusal.LeftAlone(candidates, retryIn(candidates, upstreams)));
    }
    Optional<Refusal> tooLong =
        candidates.stream()
            .filter(candidate -> candidate.fit() instanceof Fit.TooLong)
            .max(Comparator.comparingInt(Refusals::limit))
            .map(Refusals::tooLong);
    return tooLong.or(() -> incapable(candidates));
  }

  private static Duration retryIn(List<Candidate> candidates, Upstreams upstreams) {
    return candidates.stream()
        .filter(candidate -> candidate.verdict() == Verdict.CIRCUIT_OPEN)
        .map(candidate -> upstreams.leftAloneFor(candidate.state().settings().upstream()))
        .min(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  private static int limit(Candidate candidate) {
    return candidate.fit() instanceof Fit.TooLong tooLong ? tooLong.limit().tokens() : 0;
  }

  private static Refusal tooLong(Candidate candidate) {
    return candidate.fit() instanceof Fit.TooLong tooLong
        ? new Refusal.TooLong(candidate.state().key(), tooLong)
        : new Refusal.NoModel(List.of(candidate));
  }

  private static Optional<Refusal> incapable(List<Candidate> candidates) {
    if (has(candidates, Verdict.NO_VISION)) {
      return Optional.of(new Refusal.Incapable("images", candidates));
    }
    if (has(candidates, Verdict.NO_TOOLS)) {
      return Optional.of(new Refusal.Incapable("tools", candidates));
    }
    return Optional.empty();
  }

  private static boolean has(List<Candidate> candidates, Verdict verdict) {
    return candidates.stream().anyMatch(candidate -> candidate.verdict() == verdict);
  }
}

package dev.memoryrouter.chat;

import dev.memoryrouter.upstream.UpstreamFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Chooses who is called next when a call failed and nothing was sent yet: whoever can plausibly do
/// better. Nobody is called twice, except once after an empty answer.
final class Failover {
  private final List<Candidate> left;
  private boolean repeated;

  /// @param candidates in the order in which they are tried; only those that may be called count
  Failover(List<Candidate> candidates) {
    left = new ArrayList<>(candidates);
    left.removeIf(candidate -> !candidate.verdict().usable() || candidate.fitted().isEmpty());
  }

  Optional<Candidate> first() {
    return next(_ -> true);
  }

  /// The candidate that is called after this one failed so; nothing when the failure stands.
  Optional<Candidate> after(Candidate failed, UpstreamFailure failure) {
    return switch (failure) {
      // Its other models are behind the same closed door.
      case UpstreamFailure.Unreachable _, UpstreamFailure.CircuitOpen _ -> onAnother(failed);
      case UpstreamFailure.Overflow _ -> next(other -> limit(other) > limit(failed));
      case UpstreamFailure.Incapable _ -> next(other -> !sameModel(other, failed));
      // Any model would refuse what this one found wrong with the request.
      case UpstreamFailure.Rejected rejected ->
          rejected.concernsUpstream() ? onAnother(failed) : Optional.empty();
      case UpstreamFailure.Empty _ -> again(failed);
      case UpstreamFailure.ModelMissing _,
          UpstreamFailure.Busy _,
          UpstreamFailure.ServerError _,
          UpstreamFailure.TimedOut _,
          UpstreamFailure.Broken _ ->
          next(_ -> true);
    };
  }

  /// The candidate that may read the whole prompt of which this one read a part.
  Optional<Candidate> afterCut(Candidate cut) {
    return next(other -> limit(other) > limit(cut) || !upstream(other).equals(upstream(cut)));
  }

  private Optional<Candidate> onAnother(Candidate failed) {
    return next(other -> !upstream(other).equals(upstream(failed)));
  }

  /// Chance brings most empty answers about, and the prompt is still in this model's cache.
  private Optional<Candidate> again(Candidate failed) {
    if (repeated) {
      return Optional.empty();
    }
    repeated = true;
    return Optional.of(failed);
  }

  /// The next candidate of this kind; the others are out for good.
  private Optional<Candidate> next(Predicate<Candidate> suitable) {
    left.removeIf(suitable.negate());
    return left.isEmpty() ? Optional.empty() : Optional.of(left.removeFirst());
  }

  private static boolean sameModel(Candidate one, Candidate other) {
    return one.state().key().equals(other.state().key());
  }

  private static String upstream(Candidate candidate) {
    return candidate.state().settings().upstream();
  }

  private static int limit(Candidate candidate) {
    return candidate.fitted().map(prompt -> prompt.limit().tokens()).orElse(0);
  }
}

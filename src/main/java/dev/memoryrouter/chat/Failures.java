package dev.memoryrouter.chat;

import dev.memoryrouter.upstream.UpstreamFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What went wrong in the calls of one request. Used by one thread.
final class Failures {
  private final Map<String, UpstreamFailure> closedDoors = new HashMap<>();
  private @Nullable UpstreamFailure last;

  void add(Candidate candidate, UpstreamFailure failure) {
    if (verdict(failure) == null) {
      last = failure;
    } else {
      closedDoors.put(upstream(candidate), failure);
    }
  }

  /// The newest failure stands for all, but a closed door says least; empty when nobody was called.
  Optional<UpstreamFailure> last() {
    return Optional.ofNullable(last);
  }

  /// The candidates as they turned out: all models of an upstream are behind the same door.
  List<Candidate> asFound(List<Candidate> candidates) {
    return candidates.stream().map(this::asFound).toList();
  }

  private Candidate asFound(Candidate candidate) {
    UpstreamFailure failure = closedDoors.get(upstream(candidate));
    Verdict verdict = failure == null ? null : verdict(failure);
    return failure == null || verdict == null || !candidate.verdict().usable()
        ? candidate
        : candidate.as(verdict, failure.message());
  }

  private static String upstream(Candidate candidate) {
    return candidate.state().settings().upstream();
  }

  /// The verdict on a candidate that turned out to be behind a closed door; null for what is said
  /// by an upstream that was called.
  private static @Nullable Verdict verdict(UpstreamFailure failure) {
    return switch (failure) {
      case UpstreamFailure.Unreachable _ -> Verdict.UNREACHABLE;
      case UpstreamFailure.CircuitOpen _ -> Verdict.CIRCUIT_OPEN;
      case UpstreamFailure.ModelMissing _,
          UpstreamFailure.Overflow _,
          UpstreamFailure.Incapable _,
          UpstreamFailure.Rejected _,
          UpstreamFailure.Busy _,
          UpstreamFailure.ServerError _,
          UpstreamFailure.TimedOut _,
          UpstreamFailure.Broken _,
          UpstreamFailure.Empty _ ->
          null;
    };
  }
}

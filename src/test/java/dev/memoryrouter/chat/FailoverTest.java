package dev.memoryrouter.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.conversation.Message;
import dev.memoryrouter.conversation.Role;
import dev.memoryrouter.prompt.EffectiveLimit;
import dev.memoryrouter.prompt.Fit;
import dev.memoryrouter.prompt.FittedPrompt;
import dev.memoryrouter.upstream.Calls;
import dev.memoryrouter.upstream.ModelState;
import dev.memoryrouter.upstream.UpstreamFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Who is asked after which failure: `coder` is on two upstreams, `small` and `big` on one each.
class FailoverTest {
  private static final Candidate CODER_HERE = candidate("coder", "here", 16_384);
  private static final Candidate CODER_THERE = candidate("coder", "there", 16_384);
  private static final Candidate SMALL_HERE = candidate("small", "here", 8_192);
  private static final Candidate BIG_THERE = candidate("big", "there", 65_536);

  private static Candidate candidate(String key, String upstream, int limit) {
    var state =
        new ModelState(
            Calls.keyed(key).on(upstream),
            ModelState.Availability.AVAILABLE,
            key,
            null,
            null,
            null,
            Set.of(),
            false,
            null);
    return new Candidate(state, Verdict.ACCEPTABLE, "", new Fit.Fits(prompt(key, limit)));
  }

  private static FittedPrompt prompt(String model, int limit) {
    return new FittedPrompt(
        model,
        Calls.request(Message.of(Role.USER, "x")),
        1,
        0,
        0,
        1_024,
        new EffectiveLimit(limit, "context"),
        List.of(),
        null,
        List.of(),
        0);
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        // Its other models are behind the same closed door.
        failure(new UpstreamFailure.Unreachable(""), "coder@there", "big@there"),
        failure(new UpstreamFailure.CircuitOpen("", Duration.ZERO), "coder@there", "big@there"),
        failure(new UpstreamFailure.ModelMissing(""), "coder@there", "small@here", "big@there"),
        failure(new UpstreamFailure.Busy(""), "coder@there", "small@here", "big@there"),
        failure(new UpstreamFailure.ServerError("", 500), "coder@there", "small@here", "big@there"),
        failure(new UpstreamFailure.TimedOut(""), "coder@there", "small@here", "big@there"),
        failure(new UpstreamFailure.Broken(""), "coder@there", "small@here", "big@there"),
        failure(new UpstreamFailure.Overflow("", null, null), "big@there"),
        failure(new UpstreamFailure.Incapable(""), "small@here", "big@there"),
        failure(new UpstreamFailure.Rejected("", 400)),
        failure(new UpstreamFailure.Rejected("", 422)),
        failure(new UpstreamFailure.Rejected("", 302), "coder@there", "big@there"),
        failure(new UpstreamFailure.Rejected("", 401), "coder@there", "big@there"),
        failure(new UpstreamFailure.Rejected("", 403), "coder@there", "big@there"),
        failure(new UpstreamFailure.Rejected("", 404), "coder@there", "big@there"),
        failure(new UpstreamFailure.Empty(""), "coder@here"));
  }

  private static Arguments failure(UpstreamFailure failure, String... asked) {
    return Arguments.of(failure, List.of(asked));
  }

  /// The first one fails so, all others are only busy.
  @ParameterizedTest
  @MethodSource("failures")
  void after_failureOfTheFirst_asksWhoeverCanDoBetter(
      UpstreamFailure failure, List<String> expected) {
    var failover = new Failover(List.of(CODER_HERE, CODER_THERE, SMALL_HERE, BIG_THERE));
    Candidate first = failover.first().orElseThrow();
    assertThat(first).isSameAs(CODER_HERE);

    List<String> asked = new ArrayList<>();
    Optional<Candidate> next = failover.after(first, failure);
    while (next.isPresent()) {
      asked.add(next.get().state().key() + "@" + next.get().state().settings().upstream());
      next =
          failure instanceof UpstreamFailure.Empty
              ? failover.after(next.get(), failure)
              : failover.after(next.get(), new UpstreamFailure.Busy(""));
    }

    assertThat(asked).isEqualTo(expected);
  }

  @Test
  void after_emptyAnswerOfAnotherModel_isNotAskedForAgainASecondTime() {
    var failover = new Failover(List.of(CODER_HERE, CODER_THERE, SMALL_HERE));
    Candidate first = failover.first().orElseThrow();
    var empty = new UpstreamFailure.Empty("");
    assertThat(failover.after(first, empty)).contains(first);
    Candidate other = failover.after(first, new UpstreamFailure.Busy("")).orElseThrow();

    assertThat(failover.after(other, empty)).isEmpty();
  }

  @Test
  void first_candidatesThatMayNotBeCalled_areLeftOut() {
    Candidate gone = CODER_HERE.as(Verdict.UNREACHABLE, "gone");
    Candidate unfitted = new Candidate(SMALL_HERE.state(), Verdict.ACCEPTABLE, "", null);
    var failover = new Failover(List.of(gone, unfitted, BIG_THERE));

    assertThat(failover.first()).contains(BIG_THERE);
    assertThat(failover.after(BIG_THERE, new UpstreamFailure.Busy(""))).isEmpty();
  }
}

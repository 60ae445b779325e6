package dev.memoryrouter.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.upstream.UpstreamFailure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private static final Candidate CALLED = FailoverTest.candidate("coder", "here", 16_384);
  private static final Candidate NEIGHBOUR = FailoverTest.candidate("small", "here", 8_192);
  private static final Candidate ELSEWHERE = FailoverTest.candidate("big", "there", 65_536);

  private final Failures failures = new Failures();

  private List<Verdict> verdicts(Candidate... candidates) {
    return failures.asFound(List.of(candidates)).stream().map(Candidate::verdict).toList();
  }

  @Test
  void asFound_circuitThatOpenedMeanwhile_closesTheDoorOfAllItsModels() {
    failures.add(CALLED, new UpstreamFailure.CircuitOpen("left alone", Duration.ofSeconds(9)));

    assertThat(verdicts(CALLED, NEIGHBOUR, ELSEWHERE))
        .containsExactly(Verdict.CIRCUIT_OPEN, Verdict.CIRCUIT_OPEN, Verdict.ACCEPTABLE);
    assertThat(failures.last()).isEmpty();
  }

  @Test
  void asFound_candidateRuledOutBefore_keepsItsVerdict() {
    failures.add(CALLED, new UpstreamFailure.Unreachable("gone"));

    assertThat(verdicts(NEIGHBOUR.as(Verdict.NO_TOOLS, "no tools")))
        .containsExactly(Verdict.NO_TOOLS);
  }

  @Test
  void last_closedDoorAfterAFailedCall_saysLess() {
    var broken = new UpstreamFailure.Broken("broken");
    failures.add(CALLED, broken);
    failures.add(ELSEWHERE, new UpstreamFailure.Unreachable("gone"));

    assertThat(failures.last()).contains(broken);
  }
}

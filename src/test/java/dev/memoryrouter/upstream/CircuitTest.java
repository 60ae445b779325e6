package dev.memoryrouter.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memoryrouter.upstream.Circuit.Outcome;
import dev.memoryrouter.upstream.Circuit.State;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CircuitTest {
  private static final CircuitSettings SETTINGS =
      new CircuitSettings(0.7, 6, 5, Duration.ofSeconds(30), Duration.ofSeconds(10), 2);

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Circuit circuit = Circuit.closed(SETTINGS);
  private long calls;

  private long begin() {
    calls++;
    circuit = circuit.begin(calls, now);
    return calls;
  }

  private void calls(Outcome... outcomes) {
    for (Outcome outcome : outcomes) {
      long call = begin();
      circuit = circuit.end(call, outcome, now);
    }
  }

  private void pass(int seconds) {
    now = now.plusSeconds(seconds);
  }

  private void openIt() {
    calls(Outcome.BAD, Outcome.BAD, Outcome.BAD, Outcome.BAD, Outcome.BAD);
    assertThat(circuit.state()).isInstanceOf(State.Open.class);
  }

  @Test
  void closed_fewCalls_staysClosedWhateverTheirRate() {
    calls(Outcome.BAD, Outcome.BAD, Outcome.BAD, Outcome.BAD);

    assertThat(circuit.admits(now)).isTrue();
  }

  @Test
  void closed_rateReached_opensForItsTime() {
    calls(Outcome.BAD, Outcome.GOOD, Outcome.BAD, Outcome.BAD, Outcome.BAD);

    assertThat(circuit.admits(now)).isFalse();
    assertThat(circuit.wait(now)).isEqualTo(Duration.ofSeconds(10));
    pass(10);
    assertThat(circuit.admits(now)).isTrue();
    assertThat(circuit.wait(now)).isZero();
  }

  @Test
  void closed_everyFailureFollowedBySuccess_staysClosed() {
    for (int i = 0; i < 50; i++) {
      calls(Outcome.BAD, Outcome.GOOD);
    }

    assertThat(circuit.admits(now)).isTrue();
  }

  @Test
  void closed_failuresThatEndMinutesApart_openIt() {
    for (int i = 0; i < 5; i++) {
      pass(600);
      calls(Outcome.BAD);
    }

    assertThat(circuit.state()).isInstanceOf(State.Open.class);
  }

  @Test
  void closed_callsBeforeTheLastSix_areForgotten() {
    calls(Outcome.GOOD, Outcome.GOOD, Outcome.GOOD, Outcome.GOOD, Outcome.GOOD, Outcome.GOOD);
    calls(Outcome.BAD, Outcome.BAD, Outcome.BAD, Outcome.BAD);
    assertThat(circuit.admits(now)).isTrue();
    calls(Outcome.BAD);

    assertThat(circuit.admits(now)).isFalse();
  }

  @Test
  void closed_callsWithoutOutcome_doNotCount() {
    calls(Outcome.NONE, Outcome.NONE, Outcome.NONE, Outcome.BAD, Outcome.BAD);

    assertThat(circuit.admits(now)).isTrue();
  }

  @Test
  void closed_answersThatBreakOff_countAsFailuresOnly() {
    for (int i = 0; i < 5; i++) {
      long call = begin();
      circuit = circuit.end(call, Outcome.GOOD, now);
      circuit = circuit.end(call, Outcome.BAD, now);
    }

    assertThat(circuit.admits(now)).isFalse();
  }

  @Test
  void halfOpen_admitsAsManyProbesAsMustSucceed() {
    openIt();
    pass(10);
    long first = begin();
    assertThat(circuit.admits(now)).isTrue();
    long second = begin();
    assertThat(circuit.admits(now)).isFalse();

    circuit = circuit.end(first, Outcome.GOOD, now);
    assertThat(circuit.admits(now)).isFalse();
    circuit = circuit.end(second, Outcome.GOOD, now);

    assertThat(circuit.state()).isInstanceOf(State.Closed.class);
  }

  @Test
  void halfOpen_slowProbes_areNotWaitedForLongerThanItWasOpen() {
    openIt();
    pass(10);
    begin();
    pass(4);
    begin();
    assertThat(circuit.admits(now)).isFalse();
    assertThat(circuit.wait(now)).isEqualTo(Duration.ofSeconds(6));

    pass(6);
    assertThat(circuit.admits(now)).isTrue();
    assertThat(circuit.wait(now)).isZero();
  }

  @Test
  void halfOpen_loadedModel_closesIt() {
    openIt();
    pass(10);
    begin();
    circuit = circuit.loaded();

    assertThat(circuit.state()).isInstanceOf(State.Closed.class);
  }

  @Test
  void halfOpen_failedProbe_opensAgain() {
    openIt();
    pass(10);
    calls(Outcome.BAD);

    assertThat(circuit.admits(now)).isFalse();
    assertThat(circuit.wait(now)).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void halfOpen_probeGivenUp_makesRoomForAnother() {
    openIt();
    pass(10);
    long first = begin();
    begin();
    circuit = circuit.end(first, Outcome.NONE, now);

    assertThat(circuit.admits(now)).isTrue();
  }

  @Test
  void open_outcomeOfAnEarlierCall_changesNothing() {
    long early = begin();
    openIt();
    circuit = circuit.end(early, Outcome.GOOD, now);
    assertThat(circuit.admits(now)).isFalse();
    pass(10);
    begin();
    circuit = circuit.end(early, Outcome.BAD, now);

    assertThat(circuit.state()).isInstanceOf(State.HalfOpen.class);
  }

  @Test
  void open_upstreamCanBeReachedAgain_isProbedAtOnce() {
    openIt();
    circuit = circuit.reachable();

    assertThat(circuit.admits(now)).isTrue();
    calls(Outcome.GOOD, Outcome.GOOD);
    assertThat(circuit.state()).isInstanceOf(State.Closed.class);
  }
}

package dev.memoryrouter.upstream;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The circuit breaker of one upstream as a state machine. Immutable; each change gives a new one.
/// Calls are told apart by numbers that their caller gives.
record Circuit(CircuitSettings settings, State state) {
  /// How much is known of an upstream's health.
  sealed interface State {
    /// Calls go through.
    ///
    /// @param calls that ended, oldest first
    record Closed(List<Ended> calls) implements State {}

    /// No call goes through before this moment.
    record Open(Instant until) implements State {}

    /// A few calls probe it.
    ///
    /// @param probing calls that run
    /// @param passed probes that succeeded
    record HalfOpen(Set<Long> probing, int passed) implements State {}
  }

  /// What a call says about its upstream's health.
  enum Outcome {
    GOOD,
    BAD,
    /// Nothing: it was given up, or the upstream was only busy.
    NONE
  }

  /// A call that ended.
  record Ended(long call, Instant at, boolean good) {}

  private static final State HEALTHY = new State.Closed(List.of());
  private static final State UNKNOWN = new State.HalfOpen(Set.of(), 0);

  static Circuit closed(CircuitSettings settings) {
    return new Circuit(settings, HEALTHY);
  }

  /// Whether a call may begin.
  boolean admits(Instant now) {
    return switch (state) {
      case State.Closed _ -> true;
      case State.Open(Instant until) -> !now.isBefore(until);
      case State.HalfOpen(Set<Long> probing, int passed) ->
          probing.size() + passed < settings.probes();
    };
  }

  /// How long no call may begin, as far as is known; zero unless it is open.
  Duration wait(Instant now) {
    return state instanceof State.Open(Instant until) && now.isBefore(until)
        ? Duration.between(now, until)
        : Duration.ZERO;
  }

  /// A call begins that was admitted.
  Circuit begin(long call, Instant now) {
    return switch (halfOpenWhenDue(now).state) {
      case State.HalfOpen(Set<Long> probing, int passed) -> {
        Set<Long> more = new HashSet<>(probing);
        more.add(call);
        yield with(new State.HalfOpen(Set.copyOf(more), passed));
      }
      case State.Closed _, State.Open _ -> this;
    };
  }

  /// A call ended. A later outcome of the same call replaces the earlier one: an answer may begin
  /// well and break off.
  Circuit end(long call, Outcome outcome, Instant now) {
    return switch (state) {
      case State.Closed(List<Ended> calls) ->
          outcome == Outcome.NONE ? this : count(calls, call, outcome == Outcome.GOOD, now);
      case State.HalfOpen(Set<Long> probing, int passed) ->
          probing.contains(call) ? probed(probing, passed, call, outcome, now) : this;
      // It began before the circuit opened.
      case State.Open _ -> this;
    };
  }

  /// The upstream, which could not be reached, can be reached again.
  Circuit reachable() {
    return state instanceof State.Open ? with(UNKNOWN) : this;
  }

  private Circuit halfOpenWhenDue(Instant now) {
    return state instanceof State.Open(Instant until) && !now.isBefore(until)
        ? with(UNKNOWN)
        : this;
  }

  private Circuit count(List<Ended> calls, long call, boolean good, Instant now) {
    Instant oldest = now.minus(settings.window());
    List<Ended> kept = new ArrayList<>(calls);
    kept.removeIf(ended -> ended.call() == call || ended.at().isBefore(oldest));
    kept.add(new Ended(call, now, good));
    long bad = kept.stream().filter(ended -> !ended.good()).count();
    boolean enough = kept.size() >= settings.minimumCalls();
    return enough && bad >= settings.failureRate() * kept.size()
        ? open(now)
        : with(new State.Closed(List.copyOf(kept)));
  }

  private Circuit probed(Set<Long> probing, int passed, long call, Outcome outcome, Instant now) {
    Set<Long> others = new HashSet<>(probing);
    others.remove(call);
    return switch (outcome) {
      case BAD -> open(now);
      case NONE -> with(new State.HalfOpen(Set.copyOf(others), passed));
      case GOOD ->
          passed + 1 >= settings.probes()
              ? with(HEALTHY)
              : with(new State.HalfOpen(Set.copyOf(others), passed + 1));
    };
  }

  private Circuit open(Instant now) {
    return with(new State.Open(now.plus(settings.openFor())));
  }

  private Circuit with(State newState) {
    return new Circuit(settings, newState);
  }
}

package dev.memoryrouter.upstream;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The circuit breaker of one upstream as a state machine. Immutable; each change gives a new one.
/// Calls are told apart by numbers that their caller gives.
record Circuit(CircuitSettings settings, State state) {
  /// How much is known of an upstream's health.
  sealed interface State {
    /// Calls go through.
    ///
    /// @param calls the last ones that ended, oldest first
    record Closed(List<Ended> calls) implements State {}

    /// No call goes through before this moment.
    record Open(Instant until) implements State {}

    /// A few calls probe it.
    ///
    /// @param probing calls that run, with when they began
    /// @param passed probes that succeeded
    record HalfOpen(Map<Long, Instant> probing, int passed) implements State {}
  }

  /// What a call says about its upstream's health.
  enum Outcome {
    GOOD,
    BAD,
    /// Nothing: it was given up, or the upstream was only busy.
    NONE
  }

  /// A call that ended.
  record Ended(long call, boolean good) {}

  private static final State HEALTHY = new State.Closed(List.of());
  private static final State UNKNOWN = new State.HalfOpen(Map.of(), 0);

  static Circuit closed(CircuitSettings settings) {
    return new Circuit(settings, HEALTHY);
  }

  /// Whether a call may begin.
  boolean admits(Instant now) {
    return switch (state) {
      case State.Closed _ -> true;
      case State.Open(Instant until) -> !now.isBefore(until);
      case State.HalfOpen probed ->
          probed.passed() + fresh(probed, now).count() < settings.probes();
    };
  }

  /// How long no call may begin, as far as is known; zero when one may begin now.
  Duration wait(Instant now) {
    if (admits(now)) {
      return Duration.ZERO;
    }
    return switch (state) {
      case State.Closed _ -> Duration.ZERO;
      case State.Open(Instant until) -> Duration.between(now, until);
      case State.HalfOpen probed ->
          fresh(probed, now)
              .map(began -> Duration.between(now, began.plus(settings.openFor())))
              .min(Comparator.naturalOrder())
              .orElse(Duration.ZERO);
    };
  }

  /// When the probes began that others still wait for: one whose prompt takes minutes must not keep
  /// the upstream closed all that time.
  private Stream<Instant> fresh(State.HalfOpen probed, Instant now) {
    Instant oldest = now.minus(settings.openFor());
    return probed.probing().values().stream().filter(began -> began.isAfter(oldest));
  }

  /// A call begins that was admitted.
  Circuit begin(long call, Instant now) {
    return switch (halfOpenWhenDue(now).state) {
      case State.HalfOpen(Map<Long, Instant> probing, int passed) -> {
        Map<Long, Instant> more = new HashMap<>(probing);
        more.put(call, now);
        yield with(new State.HalfOpen(Map.copyOf(more), passed));
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
      case State.HalfOpen probed ->
          probed.probing().containsKey(call) ? probed(probed, call, outcome, now) : this;
      // It began before the circuit opened.
      case State.Open _ -> this;
    };
  }

  /// The upstream, which could not be reached, can be reached again.
  Circuit reachable() {
    return state instanceof State.Open ? with(UNKNOWN) : this;
  }

  /// The upstream loaded a model, which is as much as any probe could show.
  Circuit loaded() {
    return state instanceof State.HalfOpen ? with(HEALTHY) : this;
  }

  /// The same, half-open when its time to be open is over.
  Circuit halfOpenWhenDue(Instant now) {
    return state instanceof State.Open(Instant until) && !now.isBefore(until)
        ? with(UNKNOWN)
        : this;
  }

  private Circuit count(List<Ended> calls, long call, boolean good, Instant now) {
    List<Ended> kept = new ArrayList<>(calls);
    kept.removeIf(ended -> ended.call() == call);
    kept.add(new Ended(call, good));
    List<Ended> last = kept.subList(Math.max(0, kept.size() - settings.counted()), kept.size());
    long bad = last.stream().filter(ended -> !ended.good()).count();
    boolean enough = last.size() >= settings.minimumCalls();
    return enough && bad >= settings.failureRate() * last.size()
        ? open(now)
        : with(new State.Closed(List.copyOf(last)));
  }

  private Circuit probed(State.HalfOpen before, long call, Outcome outcome, Instant now) {
    Map<Long, Instant> others = new HashMap<>(before.probing());
    others.remove(call);
    return switch (outcome) {
      case BAD -> open(now);
      case NONE -> with(new State.HalfOpen(Map.copyOf(others), before.passed()));
      case GOOD ->
          before.passed() + 1 >= settings.probes()
              ? with(HEALTHY)
              : with(new State.HalfOpen(Map.copyOf(others), before.passed() + 1));
    };
  }

  private Circuit open(Instant now) {
    return with(new State.Open(now.plus(settings.openFor())));
  }

  private Circuit with(State newState) {
    return new Circuit(settings, newState);
  }
}

package dev.memoryrouter.upstream;

import dev.memoryrouter.upstream.Circuit.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Guards the calls to one upstream by a [Circuit]. Thread-safe.
final class CircuitBreaker {
  /// The clock and the timer may differ by so much.
  private static final Duration PAST_DUE = Duration.ofMillis(100);

  private final Duration slowCall;
  private final InstantSource clock;
  private final Consumer<CircuitState> whenChanged;
  private Circuit circuit;
  private long lastCall;

  /// @param whenChanged told each new state
  CircuitBreaker(
      CircuitSettings settings, InstantSource clock, Consumer<CircuitState> whenChanged) {
    slowCall = settings.slowCall();
    this.clock = clock;
    this.whenChanged = whenChanged;
    circuit = Circuit.closed(settings);
  }

  /// A call that was let through. Its events must be told, and its end. Used by one thread, except
  /// for its end.
  final class Call {
    private final long number;
    private final Instant began;
    private volatile boolean told;

    private Call(long number, Instant began) {
      this.number = number;
      this.began = began;
    }

    /// There is payload; only the first one says anything.
    void answered() {
      if (!told) {
        Duration took = Duration.between(began, clock.instant());
        tell(took.compareTo(slowCall) > 0 ? Outcome.BAD : Outcome.GOOD);
      }
    }

    /// It failed, before its first payload or later.
    void failed(UpstreamFailure failure) {
      Outcome outcome = outcome(failure);
      if (!told || outcome == Outcome.BAD) {
        tell(outcome);
      }
    }

    /// It is over, perhaps given up before anything was known.
    void over() {
      if (!told) {
        tell(Outcome.NONE);
      }
    }

    private void tell(Outcome outcome) {
      told = true;
      end(number, outcome);
    }
  }

  /// Begins a call; nothing when none may begin now.
  synchronized Optional<Call> begin() {
    Instant now = clock.instant();
    if (!circuit.admits(now)) {
      return Optional.empty();
    }
    lastCall++;
    become(circuit.begin(lastCall, now));
    return Optional.of(new Call(lastCall, now));
  }

  /// Whether a call might begin now.
  synchronized boolean admits() {
    return circuit.admits(clock.instant());
  }

  /// How long no call may begin, as far as is known; zero when one may begin now.
  synchronized Duration untilProbe() {
    return circuit.wait(clock.instant());
  }

  synchronized CircuitState state() {
    become(circuit.halfOpenWhenDue(clock.instant()));
    return state(circuit);
  }

  /// The upstream loaded a model.
  synchronized void loaded() {
    become(circuit.halfOpenWhenDue(clock.instant()).loaded());
  }

  /// The upstream, which could not be reached, can be reached again.
  synchronized void reachable() {
    become(circuit.reachable());
  }

  private synchronized void end(long call, Outcome outcome) {
    become(circuit.end(call, outcome, clock.instant()));
  }

  private void become(Circuit next) {
    CircuitState before = state(circuit);
    circuit = next;
    if (state(next) != before) {
      whenChanged.accept(state(next));
      tellWhenDue();
    }
  }

  /// Without traffic nobody else would notice that the time to be open is over.
  private void tellWhenDue() {
    if (circuit.state() instanceof Circuit.State.Open) {
      CompletableFuture.delayedExecutor(
              circuit.wait(clock.instant()).plus(PAST_DUE).toMillis(), TimeUnit.MILLISECONDS)
          .execute(this::state);
    }
  }

  private static CircuitState state(Circuit circuit) {
    return switch (circuit.state()) {
      case Circuit.State.Closed _ -> CircuitState.CLOSED;
      case Circuit.State.Open _ -> CircuitState.OPEN;
      case Circuit.State.HalfOpen _ -> CircuitState.HALF_OPEN;
    };
  }

  /// What a failure says about the upstream. One that understood a request and refused it works;
  /// one that is busy or loading will work, and calling it less would not make it faster.
  private static Outcome outcome(UpstreamFailure failure) {
    return switch (failure) {
      case UpstreamFailure.Unreachable _,
          UpstreamFailure.ServerError _,
          UpstreamFailure.TimedOut _,
          UpstreamFailure.Broken _ ->
          Outcome.BAD;
      case UpstreamFailure.ModelMissing _,
          UpstreamFailure.Overflow _,
          UpstreamFailure.Incapable _,
          UpstreamFailure.Rejected _,
          UpstreamFailure.Empty _ ->
          Outcome.GOOD;
      case UpstreamFailure.Busy _, UpstreamFailure.CircuitOpen _ -> Outcome.NONE;
    };
  }
}

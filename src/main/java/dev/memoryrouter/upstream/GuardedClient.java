package dev.memoryrouter.upstream;

import java.time.Duration;
import java.util.Optional;

/// A client whose calls pass the upstream's circuit, and that loads a model before it is called.
final class GuardedClient implements ModelClient {
  private final ModelClient client;
  private final UpstreamSettings settings;
  private final CircuitBreaker circuit;
  private final Loading loading;
  private boolean wasReachable = true;

  /// Loads the model of a call unless it is loaded.
  interface Loading {
    /// Blocks until the model is loaded, or says why it could not be.
    Optional<UpstreamFailure> before(UpstreamCall call) throws InterruptedException;
  }

  GuardedClient(
      ModelClient client, UpstreamSettings settings, CircuitBreaker circuit, Loading loading) {
    this.client = client;
    this.settings = settings;
    this.circuit = circuit;
    this.loading = loading;
  }

  @Override
  public ChatStream chat(UpstreamCall call) throws InterruptedException {
    Optional<CircuitBreaker.Call> begun = circuit.begin();
    return begun.isPresent() ? chat(call, begun.get()) : ChatStream.failed(open(call));
  }

  private ChatStream chat(UpstreamCall call, CircuitBreaker.Call guard)
      throws InterruptedException {
    boolean handedOver = false;
    try {
      Optional<UpstreamFailure> failure = loading.before(call);
      guard.loaded();
      ChatStream stream =
          failure.isPresent() ? ChatStream.failed(failure.get()) : client.chat(call);
      handedOver = true;
      return new Watched(stream, guard);
    } finally {
      if (!handedOver) {
        guard.over();
      }
    }
  }

  @Override
  public Optional<UpstreamFailure> load(UpstreamCall call) throws InterruptedException {
    return loading.before(call);
  }

  @Override
  public void unload(UpstreamCall call) throws InterruptedException {
    client.unload(call);
  }

  private UpstreamFailure open(UpstreamCall call) {
    Duration wait = circuit.untilProbe();
    return new UpstreamFailure.CircuitOpen(
        "model '%s' on upstream '%s' was not called: the upstream failed too often and is left alone for %d s more."
            .formatted(call.upstreamModel(), settings.name(), wait.toSeconds() + 1),
        wait);
  }

  @Override
  public UpstreamSnapshot inspect() throws InterruptedException {
    UpstreamSnapshot snapshot = client.inspect();
    synchronized (this) {
      if (snapshot.reachable() && !wasReachable) {
        circuit.reachable();
      }
      wasReachable = snapshot.reachable();
    }
    return snapshot;
  }

  /// Tells the circuit how a call goes.
  private record Watched(ChatStream stream, CircuitBreaker.Call guard) implements ChatStream {
    @Override
    public ChatEvent next() throws InterruptedException {
      ChatEvent event = stream.next();
      switch (event) {
        case ChatEvent.Failure(UpstreamFailure failure) -> guard.failed(failure);
        case ChatEvent.Text _,
            ChatEvent.Reasoning _,
            ChatEvent.ToolCallStart _,
            ChatEvent.ToolCallArguments _,
            ChatEvent.Usage _,
            ChatEvent.Finish _ ->
            guard.answered();
      }
      return event;
    }

    @Override
    public void close() {
      stream.close();
      guard.over();
    }
  }
}

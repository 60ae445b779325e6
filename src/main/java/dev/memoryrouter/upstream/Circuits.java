package dev.memoryrouter.upstream;

import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The circuits of all upstreams. One outlives reloads of the configuration as long as its
/// upstream's address and settings stay. Thread-safe.
public final class Circuits {
  private static final Logger LOG = LoggerFactory.getLogger(Circuits.class);

  private final InstantSource clock;
  private final Map<Key, CircuitBreaker> circuits = new ConcurrentHashMap<>();
  private volatile BiConsumer<String, CircuitState> listener = (_, _) -> {};

  private record Key(String upstream, URI url, CircuitSettings settings) {}

  public Circuits(InstantSource clock) {
    this.clock = clock;
  }

  /// Tells the states of all circuits, and from now on each change, by name of the upstream.
  public void listen(BiConsumer<String, CircuitState> newListener) {
    listener = newListener;
    circuits.forEach((key, circuit) -> newListener.accept(key.upstream(), circuit.state()));
  }

  CircuitBreaker of(UpstreamSettings upstream) {
    var key = new Key(upstream.name(), upstream.baseUrl(), upstream.circuit());
    return circuits.computeIfAbsent(key, this::make);
  }

  private CircuitBreaker make(Key key) {
    String name = key.upstream();
    listener.accept(name, CircuitState.CLOSED);
    return new CircuitBreaker(key.settings(), clock, state -> changed(name, state));
  }

  private void changed(String upstream, CircuitState state) {
    switch (state) {
      case OPEN -> LOG.warn("Upstream {} fails too often and is left alone for a while", upstream);
      case HALF_OPEN -> LOG.info("Upstream {} is probed by the next calls", upstream);
      case CLOSED -> LOG.info("Upstream {} works again", upstream);
    }
    listener.accept(upstream, state);
  }
}

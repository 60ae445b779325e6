package dev.memoryrouter.chat;

import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankSettings;
import dev.memoryrouter.memory.Banks;
import dev.memoryrouter.routing.ExampleVectors;
import dev.memoryrouter.routing.IntentClassifier;
import dev.memoryrouter.upstream.Circuits;
import dev.memoryrouter.upstream.Contexts;
import dev.memoryrouter.upstream.ModelClient;
import dev.memoryrouter.upstream.UpstreamSettings;
import dev.memoryrouter.upstream.Upstreams;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The setup in force. Follows the configuration; requests that run keep the one they began with.
/// Thread-safe.
public final class Setups implements Supplier<Setup> {
  private static final Logger LOG = LoggerFactory.getLogger(Setups.class);

  private final ExampleVectors vectors;
  private final Duration patience;
  private final BiFunction<UpstreamSettings, Set<String>, ModelClient> clients;
  private final InstantSource clock;
  private final Circuits circuits;
  private final Contexts contexts = new Contexts();
  private volatile Setup current;

  /// The setup of a first configuration.
  ///
  /// @param patience longest that a request waits for the examples to be learnt
  /// @param clients a client for an upstream and the model names that are configured for it
  /// @param circuits those of the upstreams
  public Setups(
      Configuration first,
      ExampleVectors vectors,
      Duration patience,
      BiFunction<UpstreamSettings, Set<String>, ModelClient> clients,
      InstantSource clock,
      Circuits circuits) {
    this.vectors = vectors;
    this.patience = patience;
    this.clients = clients;
    this.clock = clock;
    this.circuits = circuits;
    current = build(first);
  }

  @Override
  public Setup get() {
    return current;
  }

  /// Builds a setup from a new configuration and takes it over.
  public void take(Configuration configuration) {
    Setup next = build(configuration);
    // Examples are embedded before the swap, so that no request is routed by keywords alone
    // meanwhile.
    next.intents().prepare();
    swap(next);
  }

  private synchronized void swap(Setup next) {
    current = next;
  }

  /// Takes over projects that came or went below the bank roots.
  public synchronized void lookForBanks() {
    Setup setup = current;
    BankSettings settings = setup.configuration().server().banks();
    if (settings.roots().isEmpty()) {
      return;
    }
    Banks banks = new Banks(settings);
    if (!banks.all().equals(setup.banks().all())) {
      current = setup.withBanks(banks);
      LOG.info("banks: {}", banks.all().stream().map(Bank::name).toList());
    }
  }

  /// Embeds the examples of the setup in force; blocks until the embedding model is there.
  public void prepare() {
    current.intents().prepare();
  }

  private Setup build(Configuration configuration) {
    Upstreams upstreams =
        new Upstreams(
            configuration.models(),
            upstream -> clients.apply(upstream, configuration.models().namesOn(upstream.name())),
            clock,
            contexts,
            circuits);
    IntentClassifier intents =
        new IntentClassifier(configuration.routing().intents(), vectors, patience);
    return new Setup(
        configuration,
        upstreams,
        intents,
        configuration.modelNames(),
        new Banks(configuration.server().banks()),
        new RouteFinder(
            configuration.routing(), intents, configuration.models().models().keySet()));
  }
}

package dev.memoryrouter.chat;

import dev.memoryrouter.memory.Banks;
import dev.memoryrouter.routing.IntentClassifier;
import dev.memoryrouter.routing.ModelNames;
import dev.memoryrouter.upstream.Upstreams;

/// One configuration with everything that is built from it. Immutable; a reload makes a new one,
/// and so does a project that comes or goes below the bank roots.
public record Setup(
    Configuration configuration,
    Upstreams upstreams,
    IntentClassifier intents,
    ModelNames names,
    Banks banks,
    RouteFinder routes) {
  /// The same with other banks below the roots.
  Setup withBanks(Banks newBanks) {
    return new Setup(
        configuration, upstreams, intents, configuration.modelNames(), newBanks, routes);
  }
}

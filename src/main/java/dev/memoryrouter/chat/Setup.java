package dev.memoryrouter.chat;

import dev.memoryrouter.memory.Banks;
import dev.memoryrouter.routing.IntentClassifier;
import dev.memoryrouter.routing.ModelNames;
import dev.memoryrouter.upstream.Upstreams;

/// One configuration with everything that is built from it. Immutable; a reload makes a new one.
public record Setup(
    Configuration configuration,
    Upstreams upstreams,
    IntentClassifier intents,
    ModelNames names,
    Banks banks,
    RouteFinder routes) {}

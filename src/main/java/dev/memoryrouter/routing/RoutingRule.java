package dev.memoryrouter.routing;

import org.jspecify.annotations.Nullable;

/// One rule of `routing.yaml`.
///
/// @param model key of the model that the rule routes to
/// @param priority null: as the kind of turn says
public record RoutingRule(String name, Condition when, String model, @Nullable Priority priority) {}

package dev.memoryrouter.routing;

import org.jspecify.annotations.Nullable;

/// One step of a decision, for people. Never has prompt text or the content of headers.
///
/// @param step what was done, such as `rule`
/// @param rule name of the rule, when the step is about one
/// @param result the outcome, such as `matched`
/// @param value what decided it, such as `tokens=120000`
public record TraceStep(
    String step, @Nullable String rule, String result, @Nullable String value) {}

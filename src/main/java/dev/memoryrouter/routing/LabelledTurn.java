package dev.memoryrouter.routing;

import org.jspecify.annotations.Nullable;

/// A turn whose intent is known.
///
/// @param intent name of the intent; null for words that ask for nothing
/// @param difficulty a word by which turns are grouped, such as `plain` or `hard`
public record LabelledTurn(
    String id, Utterance utterance, @Nullable String intent, String difficulty) {}

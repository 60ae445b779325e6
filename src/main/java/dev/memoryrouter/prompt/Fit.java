package dev.memoryrouter.prompt;

/// Whether a request fits a model.
public sealed interface Fit {
  /// It fits.
  record Fits(FittedPrompt prompt) implements Fit {}

  /// Even without memory it does not.
  ///
  /// @param promptTokens of the request as received
  /// @param reserve least output that must remain possible
  /// @param fixedTokens of system prompt and tools alone, which no client can shorten by dropping
  ///   history
  record TooLong(int promptTokens, int reserve, int fixedTokens, EffectiveLimit limit)
      implements Fit {
    /// Whether nothing but the system prompt, the tools and the reserve is already too much.
    public boolean hopeless() {
      return fixedTokens + reserve > limit.tokens();
    }
  }
}

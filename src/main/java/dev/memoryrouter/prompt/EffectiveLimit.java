package dev.memoryrouter.prompt;

import dev.memoryrouter.upstream.ModelState;
import org.jspecify.annotations.Nullable;

/// The number of tokens, prompt and output together, that one model can really hold.
///
/// @param tokens at least 1
/// @param boundBy what set it: `context`, `supported`, `num-ctx`, `allocated` or `MAX_TOKEN_LIMIT`
public record EffectiveLimit(int tokens, String boundBy) {
  /// The smallest of configured context, what the model supports, the context that our calls ask
  /// for, and the cap. What the upstream has allocated now counts only where it allocates by
  /// itself: a model that somebody else loaded with another context is a coming reload, not a
  /// limit.
  ///
  /// @param cap `MAX_TOKEN_LIMIT`, null for none
  /// @param learnt what the upstream was seen to hold after a call of ours, null when not known
  public static EffectiveLimit of(
      ModelState state, @Nullable Integer cap, @Nullable Integer learnt) {
    EffectiveLimit limit = new EffectiveLimit(state.settings().context(), "context");
    limit = limit.atMost(state.supportedContext(), "supported");
    limit = limit.atMost(state.numCtx(), "num-ctx");
    limit = limit.atMost(state.numCtx() == null ? state.allocatedContext() : null, "allocated");
    limit = limit.atMost(learnt, "allocated");
    return limit.atMost(cap, "MAX_TOKEN_LIMIT");
  }

  private EffectiveLimit atMost(@Nullable Integer other, String name) {
    return other != null && other > 0 && other < tokens ? new EffectiveLimit(other, name) : this;
  }
}

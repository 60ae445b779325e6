package dev.memoryrouter.conversation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sampling and length wishes of the client; null means that it said nothing and the model's own
/// default holds.
///
/// @param maxTokens most tokens of output, reasoning included (`max_completion_tokens`, else
///   `max_tokens`)
/// @param stop at most four sequences that end the output
/// @param reasoningEffort OpenAI's `none`, `minimal`, `low`, `medium`, `high` or `xhigh`
public record GenerationOptions(
    @Nullable Integer maxTokens,
    @Nullable Double temperature,
    @Nullable Double topP,
    @Nullable Long seed,
    @Nullable Double frequencyPenalty,
    @Nullable Double presencePenalty,
    List<String> stop,
    @Nullable String reasoningEffort,
    @Nullable Boolean parallelToolCalls) {
  /// No wishes at all.
  public static final GenerationOptions NONE =
      new GenerationOptions(null, null, null, null, null, null, List.of(), null, null);

  public GenerationOptions {
    stop = List.copyOf(stop);
  }
}

package dev.memoryrouter.upstream;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One event of a streamed answer. A stream is any number of [Text], [Reasoning] and tool call
/// events, at most one [Usage], then exactly one [Finish] or [Failure].
public sealed interface ChatEvent {
  /// More of the answer; never empty.
  record Text(String text) implements ChatEvent {}

  /// More of the model's reasoning; never empty.
  record Reasoning(String text) implements ChatEvent {}

  /// A tool call begins.
  ///
  /// @param index 0-based and contiguous within the answer
  /// @param id unique, at most 40 characters of `[A-Za-z0-9_-]`
  record ToolCallStart(int index, String id, String name) implements ChatEvent {}

  /// More of a tool call's JSON arguments; over the whole call they are never empty (`{}` for
  /// none).
  record ToolCallArguments(int index, String fragment) implements ChatEvent {}

  /// What the upstream counted.
  ///
  /// @param cachedTokens prompt tokens served from the prefix cache; null when the upstream does
  ///   not say
  /// @param promptCut whether the upstream read only a part of the prompt
  record Usage(
      int promptTokens, int completionTokens, @Nullable Integer cachedTokens, boolean promptCut)
      implements ChatEvent {
    /// Counts of a prompt that was read as a whole, as far as is known.
    public Usage(int promptTokens, int completionTokens, @Nullable Integer cachedTokens) {
      this(promptTokens, completionTokens, cachedTokens, false);
    }

    /// The same counts, of a prompt that was cut.
    public Usage ofCutPrompt() {
      return new Usage(promptTokens, completionTokens, cachedTokens, true);
    }
  }

  /// The answer is complete.
  ///
  /// @param corrections what was changed about it on its way
  record Finish(FinishReason reason, Set<Correction> corrections) implements ChatEvent {
    public Finish {
      corrections = Set.copyOf(corrections);
    }

    /// The end of an answer that passed unchanged.
    public Finish(FinishReason reason) {
      this(reason, Set.of());
    }
  }

  /// The answer cannot be completed.
  record Failure(UpstreamFailure failure) implements ChatEvent {}
}

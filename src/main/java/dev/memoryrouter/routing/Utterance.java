package dev.memoryrouter.routing;

import dev.memoryrouter.conversation.Mode;
import org.jspecify.annotations.Nullable;

/// What a person said in one turn, as far as its intent depends on it.
///
/// @param mode of the agent; null when it does not say
/// @param images that came with the words
public record Utterance(String text, @Nullable Mode mode, int images) {
  /// Words alone.
  public static Utterance of(String text) {
    return new Utterance(text, null, 0);
  }
}

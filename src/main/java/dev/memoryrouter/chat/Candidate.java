package dev.memoryrouter.chat;

import dev.memoryrouter.prompt.Fit;
import dev.memoryrouter.prompt.FittedPrompt;
import dev.memoryrouter.upstream.ModelState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A model that was considered for a request.
///
/// @param reason why this verdict, for a person
/// @param fit of the request to this model; null when it was ruled out before
public record Candidate(ModelState state, Verdict verdict, String reason, @Nullable Fit fit) {
  /// What would be sent to it; empty when it may not be called.
  Optional<FittedPrompt> fitted() {
    return fit instanceof Fit.Fits(FittedPrompt prompt) ? Optional.of(prompt) : Optional.empty();
  }

  Candidate as(Verdict newVerdict, String newReason) {
    return new Candidate(state, newVerdict, newReason, fit);
  }
}

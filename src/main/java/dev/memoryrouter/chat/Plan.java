package dev.memoryrouter.chat;

import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.prompt.Fit;
import dev.memoryrouter.prompt.FittedPrompt;
import dev.memoryrouter.prompt.MemoryOffer;
import dev.memoryrouter.upstream.ModelState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Everything that was decided for a request before a model is called. Keeps the setup it was
/// decided with, so that a reload in the meantime changes nothing for it.
///
/// @param purpose what the request wants
/// @param identity of the conversation, the same in all its requests
/// @param bank that serves the request, null for none
/// @param promptTokens of the request as received, by the default model's tokenizer
/// @param question what the route was found by
/// @param offer what retrieval found
/// @param candidates all models in the order in which they are tried
/// @param degraded what is missing, by key (`memory`, `config`), with the reason
public record Plan(
    Setup setup,
    Purpose purpose,
    Conversation conversation,
    String identity,
    @Nullable Bank bank,
    int promptTokens,
    RouteQuestion question,
    Route route,
    MemoryOffer offer,
    List<Candidate> candidates,
    Map<String, String> degraded) {
  public Plan {
    candidates = List.copyOf(candidates);
    degraded = Map.copyOf(degraded);
  }

  /// The first model that can serve the request.
  public Optional<Candidate> chosen() {
    return candidates.stream()
        .filter(candidate -> candidate.verdict() == Verdict.CHOSEN)
        .findFirst();
  }

  /// The rule that leads to the chosen model; `fallback` when that is not the routed one.
  public String rule() {
    return chosen().map(candidate -> ruleFor(candidate.state())).orElse(route.rule());
  }

  /// Who will answer as far as it is known before the call.
  public Answer.Served expected() {
    return chosen()
        .map(candidate -> servedBy(candidate.state(), fitted(candidate), List.of()))
        .orElseGet(() -> Extractive.served(this, List.of()));
  }

  /// The account of an answer by this model.
  Answer.Served servedBy(ModelState model, @Nullable FittedPrompt prompt, List<Attempt> attempts) {
    Map<String, String> reasons = new LinkedHashMap<>(degraded);
    if (!model.key().equals(route.model())) {
      reasons.put("fallback", route.model() + "-" + whyNotRouted(attempts));
    }
    if (prompt != null && prompt.compacted() > 0) {
      reasons.put("compacted", prompt.compacted() + "-tool-results");
    }
    return new Answer.Served(
        model.key(),
        model.settings().upstream(),
        model.upstreamModel(),
        ruleFor(model),
        prompt,
        attempts,
        reasons);
  }

  private String ruleFor(ModelState model) {
    return model.key().equals(route.model()) ? route.rule() : Route.FALLBACK;
  }

  private String whyNotRouted(List<Attempt> attempts) {
    if (attempts.stream().anyMatch(attempt -> attempt.model().equals(route.model()))) {
      return "failed";
    }
    return candidates.stream()
        .filter(candidate -> candidate.state().key().equals(route.model()))
        .findFirst()
        .map(candidate ->
            candidate.verdict().usable() ? "not-resident" : candidate.verdict().label())
        .orElse("missing");
  }

  private static @Nullable FittedPrompt fitted(Candidate candidate) {
    return candidate.fit() instanceof Fit.Fits(FittedPrompt prompt) ? prompt : null;
  }
}

package dev.memoryrouter.chat;

import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.prompt.EffectiveLimit;
import dev.memoryrouter.prompt.Fit;
import dev.memoryrouter.prompt.MemoryOffer;
import dev.memoryrouter.prompt.PromptFitter;
import dev.memoryrouter.upstream.Capability;
import dev.memoryrouter.upstream.ModelState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The models for one request in the order in which they are tried, each with a verdict: the routed
/// one on each of its upstreams, then its fallbacks with resident models first, then every other
/// model, so that a request is answered as long as any pulled model can serve it.
final class CandidateList {
  private final Setup setup;
  private final PromptFitter fitter;
  private final LearntLimits learnt;

  CandidateList(Setup setup, PromptFitter fitter, LearntLimits learnt) {
    this.setup = setup;
    this.fitter = fitter;
    this.learnt = learnt;
  }

  List<Candidate> judge(Conversation conversation, String routed, MemoryOffer offer) {
    List<Candidate> judged = new ArrayList<>();
    boolean chosen = false;
    for (ModelState state : order(routed, conversation.helper())) {
      Candidate candidate = judge(state, conversation, offer);
      if (candidate.verdict().usable() && !chosen) {
        chosen = true;
        candidate = candidate.as(Verdict.CHOSEN, candidate.reason());
      }
      judged.add(candidate);
    }
    return judged;
  }

  private List<ModelState> order(String routed, boolean helper) {
    Set<String> keys = new LinkedHashSet<>();
    keys.add(routed);
    residentFirst(states(setup.configuration().routing().fallbacksOf(routed)))
        .forEach(state -> keys.add(state.key()));
    keys.addAll(setup.configuration().models().models().keySet());
    // A helper call is not worth a model load: whatever is loaded serves it.
    return helper ? residentFirst(states(keys)) : states(keys);
  }

  /// Each model on each of its upstreams.
  private List<ModelState> states(Collection<String> keys) {
    return keys.stream().flatMap(key -> setup.upstreams().everywhere(key).stream()).toList();
  }

  private static List<ModelState> residentFirst(List<ModelState> states) {
    return states.stream()
        .sorted(Comparator.comparing(ModelState::resident, Comparator.reverseOrder()))
        .toList();
  }

  private Candidate judge(ModelState state, Conversation conversation, MemoryOffer offer) {
    String upstream = state.settings().upstream();
    return switch (state.availability()) {
      case UNREACHABLE ->
          new Candidate(
              state, Verdict.UNREACHABLE, "upstream \"" + upstream + "\" does not answer", null);
      case NOT_PULLED ->
          new Candidate(
              state,
              Verdict.NOT_PULLED,
              "upstream \"%s\" has none of %s"
                  .formatted(upstream, String.join(", ", state.settings().names())),
              null);
      case CIRCUIT_OPEN ->
          new Candidate(
              state,
              Verdict.CIRCUIT_OPEN,
              "upstream \"%s\" failed too often and is left alone for %d s more"
                  .formatted(upstream, setup.upstreams().leftAloneFor(upstream).toSeconds() + 1),
              null);
      case AVAILABLE -> judgeAvailable(state, conversation, offer);
    };
  }

  private Candidate judgeAvailable(ModelState state, Conversation conversation, MemoryOffer offer) {
    if (conversation.request().images() > 0 && !state.capabilities().contains(Capability.VISION)) {
      return new Candidate(state, Verdict.NO_VISION, "cannot see images", null);
    }
    if (!conversation.request().tools().isEmpty()
        && !state.capabilities().contains(Capability.TOOLS)) {
      return new Candidate(state, Verdict.NO_TOOLS, "cannot call tools", null);
    }
    return judgeFit(state, fit(state, conversation, offer));
  }

  private Fit fit(ModelState state, Conversation conversation, MemoryOffer offer) {
    ServerSettings server = setup.configuration().server();
    EffectiveLimit limit =
        EffectiveLimit.of(state, server.maxTokenLimit(), learnt.allocated(state).orElse(null));
    PromptFitter.Target target =
        new PromptFitter.Target(state.settings().tokenizer(), limit, state.settings().maxOutput());
    return fitter.fit(conversation, target, offer, server.memory());
  }

  private static Candidate judgeFit(ModelState state, Fit fit) {
    return switch (fit) {
      case Fit.Fits fits ->
          new Candidate(
              state,
              Verdict.ACCEPTABLE,
              "%d of %d tokens"
                  .formatted(fits.prompt().promptTokens(), fits.prompt().limit().tokens()),
              fit);
      case Fit.TooLong tooLong ->
          new Candidate(
              state,
              Verdict.TOO_SMALL,
              "%d tokens and %d of output do not fit %d (%s)"
                  .formatted(
                      tooLong.promptTokens(),
                      tooLong.reserve(),
                      tooLong.limit().tokens(),
                      tooLong.limit().boundBy()),
              fit);
    };
  }
}

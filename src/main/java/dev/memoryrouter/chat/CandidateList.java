package dev.memoryrouter.chat;

import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.prompt.EffectiveLimit;
import dev.memoryrouter.prompt.Fit;
import dev.memoryrouter.prompt.FittedPrompt;
import dev.memoryrouter.prompt.RequestFitter;
import dev.memoryrouter.upstream.Capability;
import dev.memoryrouter.upstream.ModelSettings.Think;
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
  private final Compaction compaction;
  private final Conversation conversation;
  private final RequestFitter fitter;
  private final LearntLimits learnt;
  private final PromptAudit audit;

  /// @param fitter of the conversation's request
  CandidateList(
      Setup setup,
      Conversation conversation,
      RequestFitter fitter,
      LearntLimits learnt,
      PromptAudit audit) {
    this.setup = setup;
    this.compaction = setup.configuration().server().compaction();
    this.conversation = conversation;
    this.fitter = fitter;
    this.learnt = learnt;
    this.audit = audit;
  }

  List<Candidate> judge(String routed) {
    List<ModelState> order = order(routed, conversation.helper());
    List<Candidate> judged = judge(order, compaction == Compaction.ON);
    boolean tooSmall = judged.stream().anyMatch(one -> one.verdict() == Verdict.TOO_SMALL);
    boolean usable = judged.stream().anyMatch(one -> one.verdict().usable());
    // A larger model is better than a shortened history.
    return !usable && tooSmall && compaction == Compaction.AUTO ? judge(order, true) : judged;
  }

  private List<Candidate> judge(List<ModelState> order, boolean compact) {
    List<Candidate> judged = new ArrayList<>();
    boolean chosen = false;
    for (ModelState state : order) {
      Candidate candidate = judge(state, compact);
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

  private Candidate judge(ModelState state, boolean compact) {
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
      case AVAILABLE -> judgeAvailable(state, compact);
    };
  }

  private Candidate judgeAvailable(ModelState state, boolean compact) {
    if (conversation.request().images() > 0 && !state.capabilities().contains(Capability.VISION)) {
      return new Candidate(state, Verdict.NO_VISION, "cannot see images", null);
    }
    if (!conversation.request().tools().isEmpty()
        && !state.capabilities().contains(Capability.TOOLS)) {
      return new Candidate(state, Verdict.NO_TOOLS, "cannot call tools", null);
    }
    return judgeFit(state, fitter.fit(target(state), compact));
  }

  private RequestFitter.Target target(ModelState state) {
    Integer cap = setup.configuration().server().maxTokenLimit();
    return new RequestFitter.Target(
        state.key(),
        state.settings().tokenizer(),
        EffectiveLimit.of(state, cap, learnt.allocated(state).orElse(null)),
        state.settings().maxOutput(),
        state.settings().think() != Think.OFF,
        audit.offset(state, conversation.request()));
  }

  private static Candidate judgeFit(ModelState state, Fit fit) {
    return switch (fit) {
      case Fit.Fits fits -> new Candidate(state, Verdict.ACCEPTABLE, fits(fits.prompt()), fit);
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

  private static String fits(FittedPrompt prompt) {
    String size = "%d of %d tokens".formatted(prompt.promptTokens(), prompt.limit().tokens());
    return prompt.compacted() == 0
        ? size
        : "%s, %d tool results shortened".formatted(size, prompt.compacted());
  }
}

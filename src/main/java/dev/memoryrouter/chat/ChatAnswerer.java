package dev.memoryrouter.chat;

import dev.memoryrouter.admission.Permit;
import dev.memoryrouter.admission.RefusalReason;
import dev.memoryrouter.admission.Turn;
import dev.memoryrouter.conversation.ClientKind;
import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.prompt.FittedPrompt;
import dev.memoryrouter.prompt.PromptFitter;
import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.ChatStream;
import dev.memoryrouter.upstream.ModelState;
import dev.memoryrouter.upstream.UpstreamFailure;
import dev.memoryrouter.upstream.Upstreams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries a plan out: waits for the model's turn, calls it, and moves on to the next candidate as
/// long as nothing was sent. Each call has a slot of its own: one that failed gives it back before
/// the next one waits for another. Blocks; an interrupt ends it and the upstream call.
final class ChatAnswerer {
  private static final Logger LOG = LoggerFactory.getLogger(ChatAnswerer.class);

  private final Turns turns;
  private final PromptFitter fitter;
  private final LearntLimits learnt;
  private final PromptAudit audit;
  private final RouteKeeper routes;

  /// @param routes told at the first payload of each answer
  ChatAnswerer(
      Turns turns,
      PromptFitter fitter,
      LearntLimits learnt,
      PromptAudit audit,
      RouteKeeper routes) {
    this.turns = turns;
    this.fitter = fitter;
    this.learnt = learnt;
    this.audit = audit;
    this.routes = routes;
  }

  Answer answer(Plan plan, Terms terms) throws InterruptedException {
    List<Attempt> attempts = new ArrayList<>();
    var failures = new Failures();
    var failover = new Failover(plan.candidates());
    Optional<Call.CutPrompt> cut = Optional.empty();
    Optional<Answer> noTurn = Optional.empty();
    Optional<Candidate> next = failover.first();
    while (next.isPresent()) {
      Candidate candidate = next.get();
      switch (new Call(plan, candidate, terms, attempts).run()) {
        case Call.Started(ChatStream stream, Answer.Served served) -> {
          return new Answer.Streaming(
              cut.isPresent() ? served.degraded("truncated", "rerouted") : served, stream);
        }
        case Call.CutPrompt cutPrompt -> {
          cut = Optional.of(cutPrompt);
          next = failover.afterCut(candidate);
        }
        case Call.NoTurn(Turn.Refused refused) -> {
          noTurn = Optional.of(noTurn(candidate, refused, attempts));
          next = mayGoOn(refused, attempts) ? failover.afterQueue() : Optional.empty();
        }
        case Call.Failed(UpstreamFailure failure) -> {
          failures.add(candidate, failure);
          next = failover.after(candidate, failure);
        }
      }
    }
    // An answer to a part of the prompt is better than none, as long as it says so.
    if (cut.isPresent()) {
      return cutAnswer(plan, cut.get(), attempts);
    }
    return noTurn.orElseGet(() -> unanswered(plan, attempts, failures));
  }

  private static Answer noTurn(Candidate candidate, Turn.Refused refused, List<Attempt> attempts) {
    return new Answer.Refused(
        new Refusal.NoTurn(candidate.state().key(), refused.reason(), refused.retryAfter()),
        attempts);
  }

  /// The queue of the model that was chosen is what a client has to wait for. A substitute's is
  /// not, as long as another one may be idle.
  private static boolean mayGoOn(Turn.Refused refused, List<Attempt> attempts) {
    return switch (refused.reason()) {
      case FULL, HOPELESS, WAITED_TOO_LONG -> attempts.size() > 1;
      case UNREACHABLE, REMOVED, DRAINING -> false;
    };
  }

  private Answer cutAnswer(Plan plan, Call.CutPrompt cut, List<Attempt> attempts) {
    routes.begun(plan, cut.model());
    Answer.Served served = plan.servedBy(cut.model(), cut.prompt(), attempts);
    return new Answer.Streaming(served.degraded("truncated", "prompt-cut"), cut.stream());
  }

  private static Answer unanswered(Plan plan, List<Attempt> attempts, Failures failures) {
    return failures
        .last()
        .<Answer>map(last -> new Answer.Refused(new Refusal.Failed(attempts, last), attempts))
        .orElseGet(() -> withoutModel(plan, attempts, failures));
  }

  /// No model could be called at all.
  private static Answer withoutModel(Plan plan, List<Attempt> attempts, Failures failures) {
    List<Candidate> candidates = failures.asFound(plan.candidates());
    Optional<Refusal> refusal = Refusals.of(candidates, plan.setup().upstreams());
    if (refusal.isPresent()) {
      return new Answer.Refused(refusal.get(), attempts);
    }
    return plan.conversation().isAgent() || plan.purpose() == Purpose.COMPLETION
        ? new Answer.Refused(new Refusal.NoModel(candidates), attempts)
        : Extractive.answer(plan, candidates, attempts);
  }

  /// One call to one candidate.
  private final class Call {
    private final Plan plan;
    private final ModelState model;
    private final FittedPrompt prompt;
    private final Terms terms;
    private final List<Attempt> attempts;
    private final long started = System.nanoTime();

    sealed interface Outcome {}

    record Started(ChatStream stream, Answer.Served served) implements Outcome {}

    /// Answered, but the upstream read only a part of the prompt.
    record CutPrompt(ModelState model, FittedPrompt prompt, ChatStream stream) implements Outcome {}

    record Failed(UpstreamFailure failure) implements Outcome {}

    record NoTurn(Turn.Refused refused) implements Outcome {}

    Call(Plan plan, Candidate candidate, Terms terms, List<Attempt> attempts) {
      this.plan = plan;
      this.model = candidate.state();
      this.prompt = candidate.fitted().orElseThrow();
      this.terms = terms;
      this.attempts = attempts;
    }

    Outcome run() throws InterruptedException {
      return switch (turns.acquire(plan, model, terms)) {
        case Turn.Granted(Permit permit) -> call(permit);
        case Turn.Refused refused -> noTurn(refused);
      };
    }

    private Outcome call(Permit permit) throws InterruptedException {
      boolean textTools = textTools(plan.conversation());
      ChatStream stream = null;
      boolean handedOver = false;
      try {
        // Before the call: a client that leaves mid-answer still finds these bytes in its next
        // turn.
        fitter.remember(plan.conversation(), plan.offer().bank(), prompt);
        stream = shown(new TurnStream(watched(call(textTools)), permit, textTools));
        List<ChatEvent> events = opening(stream);
        if (events.getLast() instanceof ChatEvent.Failure(UpstreamFailure failure)) {
          return failed(failure);
        }
        if (terms.delivery() == Delivery.WHOLE && isOfCutPrompt(events)) {
          return cutPrompt(ChatStream.of(events));
        }
        Answer.Served served = answered();
        handedOver = terms.delivery() == Delivery.STREAMED;
        return new Started(
            handedOver ? new PeekedStream(events.getFirst(), stream) : ChatStream.of(events),
            served);
      } finally {
        if (!handedOver) {
          release(stream, permit);
        }
      }
    }

    private ChatStream watched(ChatStream answer) {
      return routes.watch(audit.watch(answer, model, prompt), plan, model);
    }

    private ChatStream shown(ChatStream stream) {
      return plan.purpose() == Purpose.COMPLETION ? new WithoutReasoning(stream) : stream;
    }

    private ChatStream call(boolean textTools) throws InterruptedException {
      return plan.setup()
          .upstreams()
          .client(model.settings().upstream())
          .chat(model.call(prompt.request(), prompt.reserve(), textTools));
    }

    private static boolean isOfCutPrompt(List<ChatEvent> events) {
      return events.stream()
          .anyMatch(event -> event instanceof ChatEvent.Usage usage && usage.promptCut());
    }

    private Outcome cutPrompt(ChatStream stream) {
      record("prompt-cut", "answered, but read only a part of the prompt");
      return new CutPrompt(model, prompt, stream);
    }

    /// Who waits for an upstream that is gone may try another; any other refusal stands.
    private Outcome noTurn(Turn.Refused refused) {
      record("no-turn", refused.reason().label());
      return refused.reason() == RefusalReason.UNREACHABLE
          ? new Failed(
              new UpstreamFailure.Unreachable(
                  "upstream '%s' stopped answering while the request waited for %s."
                      .formatted(model.settings().upstream(), model.key())))
          : new NoTurn(refused);
    }

    /// As much of an answer as must be there before it counts as one.
    private List<ChatEvent> opening(ChatStream stream) throws InterruptedException {
      List<ChatEvent> events = new ArrayList<>();
      events.add(stream.next());
      while (terms.delivery() == Delivery.WHOLE && !isLast(events.getLast())) {
        events.add(stream.next());
      }
      return events;
    }

    private static boolean isLast(ChatEvent event) {
      return event instanceof ChatEvent.Finish || event instanceof ChatEvent.Failure;
    }

    private static void release(@Nullable ChatStream stream, Permit permit) {
      try (permit) {
        if (stream != null) {
          stream.close();
        }
      }
    }

    private Answer.Served answered() {
      record("answered", "answered");
      routes.begun(plan, model);
      learnAllocation();
      return plan.servedBy(model, prompt, attempts);
    }

    private Outcome failed(UpstreamFailure failure) {
      record(failure.kind(), failure.account());
      LOG.warn(
          "{} on {} did not answer: {}", model.key(), model.settings().upstream(), failure.kind());
      // What the upstream says may quote the prompt.
      LOG.debug("{}: {}", model.key(), failure.message());
      if (failure instanceof UpstreamFailure.Unreachable) {
        turns.lost(model.settings().upstream());
      }
      if (failure instanceof UpstreamFailure.Unreachable
          || failure instanceof UpstreamFailure.ModelMissing) {
        plan.setup().upstreams().refresh(model.settings().upstream());
      }
      return new Failed(failure);
    }

    private void record(String kind, String result) {
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
      attempts.add(new Attempt(model.key(), model.settings().upstream(), kind, result, millis));
    }

    /// Looks once, after the first call with this context, how much the upstream really allocated.
    private void learnAllocation() {
      if (!learnt.knows(model)) {
        Thread.ofVirtual()
            .name("learn-allocation")
            .start(() -> {
              Upstreams upstreams = plan.setup().upstreams();
              upstreams.refresh(model.settings().upstream());
              upstreams.everywhere(model.key()).stream()
                  .filter(state -> state.slotKey().equals(model.slotKey()))
                  .forEach(learnt::learn);
            });
      }
    }
  }

  /// Agents that print their tools as XML must get the model's text as it is.
  private static boolean textTools(Conversation conversation) {
    return conversation.client() == ClientKind.CLINE && conversation.request().tools().isEmpty();
  }
}

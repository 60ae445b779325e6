package dev.memoryrouter.chat;

import dev.memoryrouter.admission.ModelSlots;
import dev.memoryrouter.admission.ModelSlots.Permit;
import dev.memoryrouter.conversation.ClientKind;
import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.prompt.Fit;
import dev.memoryrouter.prompt.FittedPrompt;
import dev.memoryrouter.prompt.PromptFitter;
import dev.memoryrouter.upstream.ChatEvent;
import dev.memoryrouter.upstream.ChatStream;
import dev.memoryrouter.upstream.ModelState;
import dev.memoryrouter.upstream.UpstreamCall;
import dev.memoryrouter.upstream.UpstreamFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries a plan out: waits for the model's turn, calls it, and moves on to the next candidate as
/// long as nothing was answered. Blocks; an interrupt ends it and the upstream call.
final class ChatAnswerer {
  private static final Logger LOG = LoggerFactory.getLogger(ChatAnswerer.class);

  private final ModelSlots slots;
  private final PromptFitter fitter;
  private final LearntLimits learnt;
  private final Consumer<AnsweredBy> whenAnswered;

  /// A plan and the model that began to answer it.
  record AnsweredBy(Plan plan, ModelState model) {}

  /// @param whenAnswered told at the first payload of each answer
  ChatAnswerer(
      ModelSlots slots,
      PromptFitter fitter,
      LearntLimits learnt,
      Consumer<AnsweredBy> whenAnswered) {
    this.slots = slots;
    this.fitter = fitter;
    this.learnt = learnt;
    this.whenAnswered = whenAnswered;
  }

  Answer answer(Plan plan) throws InterruptedException {
    List<Attempt> attempts = new ArrayList<>();
    Map<String, UpstreamFailure> failures = new LinkedHashMap<>();
    for (Candidate candidate : plan.candidates()) {
      if (candidate.verdict().usable() && candidate.fit() instanceof Fit.Fits fits) {
        switch (new Call(plan, candidate.state(), fits.prompt(), attempts).start()) {
          case Call.Started(ChatStream stream, Answer.Served served) -> {
            return new Answer.Streaming(served, stream);
          }
          case Call.NotStarted(UpstreamFailure failure) ->
              failures.put(candidate.state().key(), failure);
        }
      }
    }
    return failures.values().stream()
        .filter(failure -> !(failure instanceof UpstreamFailure.Unreachable))
        .reduce((_, last) -> last)
        .<Answer>map(last -> new Answer.Refused(new Refusal.Failed(attempts, last), attempts))
        .orElseGet(() -> withoutModel(plan, attempts, failures));
  }

  /// No model could be called at all.
  private Answer withoutModel(
      Plan plan, List<Attempt> attempts, Map<String, UpstreamFailure> unreachable) {
    Optional<Refusal> refusal = Refusals.of(plan);
    if (refusal.isPresent()) {
      return new Answer.Refused(refusal.get(), attempts);
    }
    List<Candidate> candidates =
        plan.candidates().stream()
            .map(candidate -> asFound(candidate, unreachable.get(candidate.state().key())))
            .toList();
    return plan.conversation().isAgent() || plan.purpose() == Purpose.COMPLETION
        ? new Answer.Refused(new Refusal.NoModel(candidates), attempts)
        : Extractive.answer(plan, candidates, attempts);
  }

  private static Candidate asFound(Candidate candidate, @Nullable UpstreamFailure failure) {
    return failure == null ? candidate : candidate.as(Verdict.UNREACHABLE, failure.message());
  }

  /// One call to one candidate.
  private final class Call {
    private final Plan plan;
    private final ModelState model;
    private final FittedPrompt prompt;
    private final List<Attempt> attempts;
    private final long started = System.nanoTime();

    sealed interface Outcome {}

    record Started(ChatStream stream, Answer.Served served) implements Outcome {}

    record NotStarted(UpstreamFailure failure) implements Outcome {}

    Call(Plan plan, ModelState model, FittedPrompt prompt, List<Attempt> attempts) {
      this.plan = plan;
      this.model = model;
      this.prompt = prompt;
      this.attempts = attempts;
    }

    Outcome start() throws InterruptedException {
      Permit permit = slots.acquire(model.slotKey(), model.settings().slots());
      ChatStream stream = null;
      boolean handedOver = false;
      try {
        // Before the call: a client that leaves mid-answer still finds these bytes in its next
        // turn.
        fitter.remember(plan.conversation(), plan.offer().bank(), prompt);
        stream = plan.setup().upstreams().client(model.settings().upstream()).chat(upstreamCall());
        ChatEvent first = stream.next();
        if (first instanceof ChatEvent.Failure(UpstreamFailure failure)) {
          return failed(failure);
        }
        Outcome started = answered(first, stream, permit);
        handedOver = true;
        return started;
      } finally {
        if (!handedOver) {
          release(stream, permit);
        }
      }
    }

    private static void release(@Nullable ChatStream stream, Permit permit) {
      try (permit) {
        if (stream != null) {
          stream.close();
        }
      }
    }

    private Outcome answered(ChatEvent first, ChatStream stream, Permit permit) {
      record("answered", "answered");
      whenAnswered.accept(new AnsweredBy(plan, model));
      return new Started(
          new PeekedStream(
              first,
              stream,
              () -> {
                permit.close();
                learnAllocation();
              }),
          plan.servedBy(model, prompt, attempts));
    }

    private Outcome failed(UpstreamFailure failure) {
      record(failure.kind(), failure.message());
      LOG.warn(
          "{} on {} did not answer: {}", model.key(), model.settings().upstream(), failure.kind());
      // What the upstream says may quote the prompt.
      LOG.debug("{}: {}", model.key(), failure.message());
      if (failure instanceof UpstreamFailure.Unreachable
          || failure instanceof UpstreamFailure.ModelMissing) {
        plan.setup().upstreams().refresh(model.settings().upstream());
      }
      return new NotStarted(failure);
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
              plan.setup().upstreams().refresh(model.settings().upstream());
              learnt.learn(plan.setup().upstreams().state(model.key()));
            });
      }
    }

    private UpstreamCall upstreamCall() {
      String name = model.upstreamModel();
      return new UpstreamCall(
          prompt.request(),
          model.settings(),
          name == null ? model.settings().names().getFirst() : name,
          model.numCtx(),
          prompt.reserve(),
          textTools(plan.conversation()));
    }
  }

  /// Agents that print their tools as XML must get the model's text as it is.
  private static boolean textTools(Conversation conversation) {
    return conversation.client() == ClientKind.CLINE && conversation.request().tools().isEmpty();
  }
}

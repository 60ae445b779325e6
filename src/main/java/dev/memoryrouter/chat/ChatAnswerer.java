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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
    UpstreamFailure last = null;
    for (Candidate candidate : plan.candidates()) {
      if (candidate.verdict().usable() && candidate.fit() instanceof Fit.Fits fits) {
        switch (new Call(plan, candidate.state(), fits.prompt(), attempts).start()) {
          case Call.Started(ChatStream stream) -> {
            return new Answer.Streaming(
                plan.servedBy(candidate.state(), fits.prompt(), attempts), stream);
          }
          case Call.NotStarted(UpstreamFailure failure) -> last = failure;
        }
      }
    }
    return last == null || last instanceof UpstreamFailure.Unreachable
        ? withoutModel(plan, attempts)
        : new Answer.Refused(new Refusal.Failed(attempts, last), attempts);
  }

  /// No model could be called at all.
  private Answer withoutModel(Plan plan, List<Attempt> attempts) {
    Optional<Refusal> refusal = Refusals.of(plan);
    if (refusal.isPresent()) {
      return new Answer.Refused(refusal.get(), attempts);
    }
    if (plan.conversation().isAgent()) {
      return new Answer.Refused(new Refusal.NoModel(plan.candidates()), attempts);
    }
    return Extractive.answer(plan, attempts);
  }

  /// One call to one candidate.
  private final class Call {
    private final Plan plan;
    private final ModelState model;
    private final FittedPrompt prompt;
    private final List<Attempt> attempts;
    private final long started = System.nanoTime();

    sealed interface Outcome {}

    record Started(ChatStream stream) implements Outcome {}

    record NotStarted(UpstreamFailure failure) implements Outcome {}

    Call(Plan plan, ModelState model, FittedPrompt prompt, List<Attempt> attempts) {
      this.plan = plan;
      this.model = model;
      this.prompt = prompt;
      this.attempts = attempts;
    }

    Outcome start() throws InterruptedException {
      Permit permit = slots.acquire(slotKey(), model.settings().slots());
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
        handedOver = true;
        return answered(first, stream, permit);
      } finally {
        if (!handedOver) {
          if (stream != null) {
            stream.close();
          }
          permit.close();
        }
      }
    }

    private Outcome answered(ChatEvent first, ChatStream stream, Permit permit) {
      record("answered");
      whenAnswered.accept(new AnsweredBy(plan, model));
      return new Started(
          new PeekedStream(
              first,
              stream,
              () -> {
                permit.close();
                learnAllocation();
              }));
    }

    private Outcome failed(UpstreamFailure failure) {
      record(failure.message());
      LOG.warn("{} did not answer: {}", model.key(), failure.message());
      if (failure instanceof UpstreamFailure.Unreachable
          || failure instanceof UpstreamFailure.ModelMissing) {
        plan.setup().upstreams().refresh(model.settings().upstream());
      }
      return new NotStarted(failure);
    }

    private void record(String result) {
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
      attempts.add(new Attempt(model.key(), model.settings().upstream(), result, millis));
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

    private String slotKey() {
      return model.settings().upstream() + '/' + model.key();
    }
  }

  /// Agents that print their tools as XML must get the model's text as it is.
  private static boolean textTools(Conversation conversation) {
    return conversation.client() == ClientKind.CLINE && conversation.request().tools().isEmpty();
  }
}

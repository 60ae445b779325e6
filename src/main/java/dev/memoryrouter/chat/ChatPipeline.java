package dev.memoryrouter.chat;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.ConversationMemory;
import dev.memoryrouter.conversation.Mode;
import dev.memoryrouter.prompt.PromptCounter;
import dev.memoryrouter.prompt.PromptFitter;
import dev.memoryrouter.routing.Requested;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The way of a request: read, route, retrieve, fit, wait, call. The one place where the steps
/// meet. Thread-safe; calls block and are meant for virtual threads.
public final class ChatPipeline {
  private final ConversationMemory<StickyRoute> routes;
  private final Recording recording;
  private final Supplier<Setup> setup;
  private final Supplier<Optional<String>> configProblem;
  private final LearntLimits learnt = new LearntLimits();
  private final PromptAudit audit;
  private final ChatPlanner planner;
  private final ChatAnswerer answerer;

  /// A pipeline over these parts.
  ///
  /// @param routes the models of running conversations
  /// @param setup the current setup
  /// @param configProblem why an edit of the configuration is not in force
  public ChatPipeline(
      ConversationMemory<StickyRoute> routes,
      Supplier<Setup> setup,
      Supplier<Optional<String>> configProblem,
      PromptCounter counter,
      PromptFitter fitter,
      MemoryFinder memory,
      Turns turns,
      Recording recording) {
    this.recording = recording;
    this.routes = routes;
    this.setup = setup;
    this.configProblem = configProblem;
    audit = new PromptAudit(fitter, learnt);
    planner = new ChatPlanner(counter, fitter, memory, routes, learnt, audit, turns::isBusy);
    answerer = new ChatAnswerer(turns, fitter, learnt, audit, this::keepRoute);
  }

  /// Decides about a request without calling a model.
  ///
  /// @param headers of the request, names in lower case
  public Planned plan(ChatRequest request, Map<String, String> headers) {
    return plan(Purpose.CHAT, request, headers);
  }

  /// Decides about a request of this purpose without calling a model.
  ///
  /// @param headers of the request, names in lower case
  public Planned plan(Purpose purpose, ChatRequest request, Map<String, String> headers) {
    return planner.plan(purpose, request, headers, setup.get(), configProblem.get().isPresent());
  }

  /// Carries a plan out up to the first payload of an answer, or up to its end when nothing is sent
  /// before.
  ///
  /// @throws InterruptedException when the client left; nothing is left running
  public Answer answer(Plan plan, Terms terms) throws InterruptedException {
    recording.add(plan);
    return answerer.answer(plan, terms);
  }

  /// How much a published name can take.
  public ModelWindow window(Requested requested) {
    return new ModelWindows(setup.get(), learnt).of(requested);
  }

  /// What is known of the prompts' real lengths.
  public PromptAudit audit() {
    return audit;
  }

  private void keepRoute(ChatAnswerer.AnsweredBy answered) {
    Conversation conversation = answered.plan().conversation();
    if (!conversation.helper()) {
      Route route = answered.plan().route();
      StickyRoute kept = route.kept();
      Mode mode = conversation.mode();
      routes.remember(
          conversation,
          new StickyRoute(
              answered.model().key(),
              kept == null ? route.intent().label() : kept.intent(),
              mode == null && kept != null ? kept.mode() : mode));
    }
  }
}

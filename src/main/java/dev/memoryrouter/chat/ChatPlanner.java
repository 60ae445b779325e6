package dev.memoryrouter.chat;

import dev.memoryrouter.conversation.ChatRequest;
import dev.memoryrouter.conversation.Conversation;
import dev.memoryrouter.conversation.ConversationMemory;
import dev.memoryrouter.conversation.ConversationReader;
import dev.memoryrouter.memory.Bank;
import dev.memoryrouter.memory.BankChoice;
import dev.memoryrouter.prompt.PromptCounter;
import dev.memoryrouter.prompt.PromptFitter;
import dev.memoryrouter.prompt.RequestFitter;
import dev.memoryrouter.routing.Requested;
import dev.memoryrouter.upstream.ModelState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Decides everything about a request that can be decided without calling a model: what the agent
/// meant, which bank and which model serve it, which sections help, and what fits.
final class ChatPlanner {
  private final ConversationReader reader = new ConversationReader();
  private final PromptCounter counter;
  private final PromptFitter fitter;
  private final MemoryFinder memory;
  private final ConversationMemory<StickyRoute> routes;
  private final LearntLimits learnt;
  private final PromptAudit audit;
  private final Predicate<ModelState> busy;

  /// @param busy whether somebody uses a model or waits for it
  ChatPlanner(
      PromptCounter counter,
      PromptFitter fitter,
      MemoryFinder memory,
      ConversationMemory<StickyRoute> routes,
      LearntLimits learnt,
      PromptAudit audit,
      Predicate<ModelState> busy) {
    this.counter = counter;
    this.fitter = fitter;
    this.memory = memory;
    this.routes = routes;
    this.learnt = learnt;
    this.audit = audit;
    this.busy = busy;
  }

  /// A plan, or why there is none.
  ///
  /// @param headers of the request, names in lower case
  /// @param configDegraded whether an edit of the configuration was refused
  Planned plan(
      Purpose purpose,
      ChatRequest request,
      Map<String, String> headers,
      Setup setup,
      boolean configDegraded) {
    Map<String, String> degraded = new HashMap<>();
    if (configDegraded) {
      degraded.put("config", "edit-refused");
    }
    return switch (setup.names().resolve(request.model())) {
      case Requested.Unknown(List<String> published) ->
          new Planned.Refused(new Refusal.UnknownModel(request.model(), published));
      case Requested.Explicit(String model) ->
          plan(purpose, request, headers, setup, model, null, degraded);
      case Requested.Alias(_, @Nullable String bank) ->
          plan(purpose, request, headers, setup, null, bank, degraded);
    };
  }

  private Planned plan(
      Purpose purpose,
      ChatRequest request,
      Map<String, String> headers,
      Setup setup,
      @Nullable String explicitModel,
      @Nullable String bankName,
      Map<String, String> degraded) {
    Conversation conversation = reader.read(request, headers);
    boolean memory = purpose == Purpose.CHAT;
    return switch (setup.banks().choose(bankName, conversation.workspace())) {
      case BankChoice.Chosen(Bank bank) ->
          new Planned.Made(
              plan(
                  setup,
                  purpose,
                  conversation,
                  headers,
                  explicitModel,
                  memory ? bank : null,
                  degraded));
      case BankChoice.NoBankForWorkspace _ -> {
        if (memory) {
          degraded.put("memory", "no-bank-for-workspace");
        }
        yield new Planned.Made(
            plan(setup, purpose, conversation, headers, explicitModel, null, degraded));
      }
      case BankChoice.UnknownBank(String name) ->
          new Planned.Refused(
              new Refusal.UnknownBank(name, setup.banks().all().stream().map(Bank::name).toList()));
    };
  }

  private Plan plan(
      Setup setup,
      Purpose purpose,
      Conversation conversation,
      Map<String, String> headers,
      @Nullable String explicitModel,
      @Nullable Bank bank,
      Map<String, String> degraded) {
    ChatRequest request = conversation.request();
    String defaultModel = setup.configuration().routing().defaultModel();
    int tokens = counter.count(request, tokenizer(setup, defaultModel));
    RouteQuestion question =
        RouteQuestion.of(
            conversation,
            headers,
            bank,
            tokens,
            explicitModel,
            routes.find(conversation).orElse(null),
            new RouteQuestion.Models(setup.upstreams().states(), busy));
    Route route = setup.routes().route(question);
    MemoryFinder.Found found =
        memory.find(setup.configuration().server().memory(), conversation, bank);
    found.degraded().ifPresent(reason -> degraded.putIfAbsent("memory", reason));
    RequestFitter fit =
        fitter.prepare(conversation, found.offer(), setup.configuration().server().memory());
    List<Candidate> candidates =
        new CandidateList(setup, conversation, fit, learnt, audit).judge(route.model());
    return new Plan(
        setup,
        purpose,
        conversation,
        routes.identity(conversation),
        bank,
        tokens,
        question,
        route.judged(candidates),
        found.offer(),
        candidates,
        degraded);
  }

  private static String tokenizer(Setup setup, String model) {
    return setup.upstreams().state(model).settings().tokenizer();
  }
}
